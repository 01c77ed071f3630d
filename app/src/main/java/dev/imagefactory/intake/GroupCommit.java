package dev.imagefactory.intake;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Lets work that comes at the same time share a transaction: a commit costs the same for
 * one row as for thirty. Nobody waits for company: whoever comes first begins at once,
 * and those who come meanwhile go together next. Every caller returns after the commit
 * that holds its work, as with a transaction of its own; work that fails fails alone.
 * <p>
 * Work must bear being done twice, since a group that fails is taken apart and each
 * member is tried alone. That is not done for longer than a sender waits: those whose
 * turn does not come fail as their group did.
 *
 * @param <W> one caller's work
 * @param <R> what comes of it
 */
final class GroupCommit<W, R> {

	/** How often a member looks whose work has begun, in milliseconds. */
	private static final long MOMENT = 50;

	private final TransactionOperations transactions;

	private final Function<List<W>, List<R>> together;

	private final Limits limits;

	private final Queue<Member<W, R>> waiting = new ArrayDeque<>();

	private int groups;

	/**
	 * Creates a group commit.
	 * @param transactions runs one transaction
	 * @param together does the work of a group, with a result for each in the same order
	 * @param limits how much is done together
	 */
	GroupCommit(TransactionOperations transactions, Function<List<W>, List<R>> together, Limits limits) {
		this.transactions = transactions;
		this.together = together;
		this.limits = limits;
	}

	/**
	 * Does work in a transaction that others may share.
	 * @param work the work
	 * @return what came of it, committed
	 * @throws TransactionTimedOutException when its turn does not come
	 */
	R execute(W work) {
		Member<W, R> member = new Member<>(work);
		enter(member);
		while (takesLead(member)) {
			lead();
		}
		return member.result();
	}

	private synchronized void enter(Member<W, R> member) {
		this.waiting.add(member);
		member.leads = this.groups < this.limits.groups();
		this.groups += member.leads ? 1 : 0;
	}

	/**
	 * Waits until the member is to begin a group, or its work is done.
	 * @return whether it is to begin a group
	 * @throws TransactionTimedOutException when its turn does not come
	 */
	private boolean takesLead(Member<W, R> member) {
		long until = System.nanoTime() + this.limits.patience().toNanos();
		boolean interrupted = false;
		boolean leads;
		synchronized (this) {
			while (!member.done && !member.leads) {
				long left = (until - System.nanoTime()) / 1_000_000;
				if (left <= 0 && this.waiting.remove(member)) {
					throw new TransactionTimedOutException("The database is busy: no turn came within "
							+ this.limits.patience().toMillis() + " ms, and nothing was stored");
				}
				try {
					wait((left > 0) ? left : MOMENT);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
			leads = member.leads;
			member.leads = false;
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		return leads;
	}

	/** How many wait for their turn. */
	synchronized int waiting() {
		return this.waiting.size();
	}

	private void lead() {
		List<Member<W, R>> group = next();
		try {
			carryOut(group);
		}
		finally {
			leave(group);
		}
	}

	private synchronized List<Member<W, R>> next() {
		List<Member<W, R>> group = new ArrayList<>();
		while (!this.waiting.isEmpty() && group.size() < this.limits.members()) {
			group.add(this.waiting.remove());
		}
		return group;
	}

	/** Whoever waits longest begins the next group. */
	private synchronized void leave(List<Member<W, R>> group) {
		group.forEach((member) -> member.done = true);
		Member<W, R> next = this.waiting.peek();
		if (next != null && !next.leads) {
			next.leads = true;
		}
		else {
			this.groups--;
		}
		notifyAll();
	}

	private void carryOut(List<Member<W, R>> group) {
		if (group.isEmpty()) {
			return;
		}
		try {
			List<R> results = this.transactions
				.execute((status) -> this.together.apply(group.stream().map((member) -> member.work).toList()));
			for (int i = 0; i < group.size(); i++) {
				group.get(i).committed(results.get(i));
			}
		}
		catch (RuntimeException ex) {
			if (group.size() == 1 || isOutOfReach(ex)) {
				group.forEach((member) -> member.fail(ex));
				return;
			}
			takeApart(group, ex);
		}
		catch (Error ex) {
			group.forEach((member) -> member.fail(new IllegalStateException("The group's transaction broke", ex)));
			throw ex;
		}
	}

	private void takeApart(List<Member<W, R>> group, RuntimeException cause) {
		long until = System.nanoTime() + this.limits.apart().toNanos();
		for (Member<W, R> member : group) {
			if (System.nanoTime() - until < 0) {
				carryOut(List.of(member));
			}
			else {
				member.fail(cause);
			}
		}
	}

	/** Asking a database that does not answer once for each member helps nobody. */
	private static boolean isOutOfReach(RuntimeException failure) {
		boolean silent = failure instanceof TransactionException && !(failure instanceof UnexpectedRollbackException);
		return silent || failure instanceof QueryTimeoutException
				|| failure instanceof TransientDataAccessResourceException
				|| failure instanceof NonTransientDataAccessResourceException
				|| failure instanceof RecoverableDataAccessException;
	}

	/**
	 * How much is done together.
	 *
	 * @param members the most of one group, at least 1
	 * @param groups how many groups are under way at a time, at least 1
	 * @param patience how long a member waits for its turn
	 * @param apart how long the members of a group that failed are tried alone
	 */
	record Limits(int members, int groups, Duration patience, Duration apart) {
	}

	/** One caller's work; its flags are guarded by the group commit. */
	private static final class Member<W, R> {

		private final W work;

		private @Nullable R value;

		private @Nullable RuntimeException failure;

		/** Nothing counts before a commit, whatever ends the group. */
		private boolean committed;

		private boolean leads;

		private boolean done;

		private Member(W work) {
			this.work = work;
		}

		private void committed(R result) {
			this.value = result;
			this.committed = true;
		}

		private void fail(RuntimeException cause) {
			this.failure = cause;
		}

		@SuppressWarnings("NullAway")
		private R result() {
			if (this.failure != null) {
				throw this.failure;
			}
			if (!this.committed) {
				throw new UnexpectedRollbackException(
						"The work was undone with its group and not done again; nothing was stored");
			}
			return this.value;
		}

	}

}
