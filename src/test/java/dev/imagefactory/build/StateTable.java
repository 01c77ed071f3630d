package dev.imagefactory.build;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** From where to where a build goes, as data: the reference shows the same table. */
public final class StateTable {

	private static final Set<StateName> RUN_ENDS = EnumSet.of(StateName.REJECTED, StateName.FAILED, StateName.ERRORED,
			StateName.TIMED_OUT, StateName.CANCELLED);

	/** Each state with all that may come next; an end is never left. */
	static final Map<StateName, Set<StateName>> NEXT = next();

	private StateTable() {
	}

	private static Map<StateName, Set<StateName>> next() {
		Map<StateName, Set<StateName>> next = new EnumMap<>(StateName.class);
		Stream.of(StateName.values()).forEach((state) -> next.put(state, EnumSet.noneOf(StateName.class)));
		next.get(StateName.QUEUED)
			.addAll(List.of(StateName.SUBMITTING, StateName.VERIFYING, StateName.FAILED, StateName.SUPERSEDED,
					StateName.CANCELLED));
		next.get(StateName.SUBMITTING).addAll(List.of(StateName.WAITING, StateName.RUNNING, StateName.VERIFYING));
		next.get(StateName.WAITING).addAll(List.of(StateName.RUNNING, StateName.VERIFYING));
		next.get(StateName.RUNNING).addAll(List.of(StateName.WAITING, StateName.VERIFYING));
		Stream.of(StateName.SUBMITTING, StateName.WAITING, StateName.RUNNING)
			.forEach((state) -> next.get(state).addAll(RUN_ENDS));
		next.get(StateName.VERIFYING)
			.addAll(List.of(StateName.SUCCEEDED, StateName.FAILED, StateName.ERRORED, StateName.TIMED_OUT,
					StateName.LOST, StateName.CANCELLED));
		return next;
	}

	/** Whether a line of a history may be there: an edge of the table, or only a note. */
	public static boolean allows(HistoryEntry entry) {
		return entry.from() == entry.to() || NEXT.get(entry.from()).contains(entry.to());
	}

	static Set<String> edges() {
		return NEXT.entrySet()
			.stream()
			.flatMap((row) -> row.getValue().stream().map((next) -> row.getKey() + " " + next))
			.collect(Collectors.toSet());
	}

}
