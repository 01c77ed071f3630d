package dev.imagefactory.intake;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionCallback;
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
 */
final class GroupCommit implements TransactionOperations {

	/** How often a member looks whose work has begun, in milliseconds. */
	private static final long MOMENT = 50;

	private final TransactionOperations transactions;

	private final Limits limits;

	private final Queue<Member<?>> waiting = new ArrayDeque<>();

	private int groups;

	/**
	 * Creates a group commit.
	 * @param transactions runs one transaction
	 * @param limits how much is done together
	 */
	GroupCommit(TransactionOperations transactions, Limits limits) {
		this.transactions = transactions;
		this.limits = limits;
	}

	@Override
	public <T extends @Nullable Object> T execute(TransactionCallback<T> work) {
		Member<T> member = new Member<>(work);
		enter(member);
		while (takesLead(member)) {
			lead();
		}
		return member.result();
	}

	private synchronized void enter(Member<?> member) {
		this.waiting.add(member);
		member.leads = this.groups < this.limits.groups();
		this.groups += member.leads ? 1 : 0;
	}

	/**
	 * Waits until the member is to begin a group, or its work is done.
	 * @return whether it is to begin a group
	 * @throws TransactionTimedOutException when its turn does not come
	 */
	private boolean takesLead(Member<?> member) {
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
		List<Member<?>> group = next();
		try {
			carryOut(group);
		}
		finally {
			leave(group);
		}
	}

	private synchronized List<Member<?>> next() {
		List<Member<?>> group = new ArrayList<>();
		while (!this.waiting.isEmpty() && group.size() < this.limits.members()) {
			group.add(this.waiting.remove());
		}
		return group;
	}

	/** Whoever waits longest begins the next group. */
	private synchronized void leave(List<Member<?>> group) {
		group.forEach((member) -> member.done = true);
		Member<?> next = this.waiting.peek();
		if (next != null && !next.leads) {
			next.leads = true;
		}
		else {
			this.groups--;
		}
		notifyAll();
	}

	private void carryOut(List<Member<?>> group) {
		if (group.isEmpty()) {
			return;
		}
		try {
			this.transactions.executeWithoutResult((status) -> group.forEach((member) -> member.attempt(status)));
			group.forEach(Member::committed);
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

	private void takeApart(List<Member<?>> group, RuntimeException cause) {
		long until = System.nanoTime() + this.limits.apart().toNanos();
		for (Member<?> member : group) {
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
	private static final class Member<T extends @Nullable Object> {

		private final TransactionCallback<T> work;

		private @Nullable T value;

		/** Nothing counts before a commit, whatever ends the group. */
		private @Nullable RuntimeException failure = new UnexpectedRollbackException(
				"The work was undone with its group and not done again; nothing was stored");

		private boolean leads;

		private boolean done;

		private Member(TransactionCallback<T> work) {
			this.work = work;
		}

		private void attempt(TransactionStatus status) {
			this.value = this.work.doInTransaction(status);
		}

		private void committed() {
			this.failure = null;
		}

		private void fail(RuntimeException cause) {
			this.failure = cause;
		}

		@SuppressWarnings("NullAway")
		private T result() {
			if (this.failure != null) {
				throw this.failure;
			}
			return this.value;
		}

	}

}
