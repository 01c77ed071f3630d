package dev.imagefactory.git;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * What we keep of remote histories: one bare repository for each remote, with commits and
 * hardly anything else. Nothing in it is needed: whatever is damaged, cut off, or grown
 * too large is thrown away and fetched again. One thread at a time uses a repository, and
 * few fetch at once.
 */
final class CommitCaches {

	private static final Logger logger = LoggerFactory.getLogger(CommitCaches.class);

	private static final int AT_ONCE = 4;

	/** Each fetch adds one; reading many is slow. */
	private static final int MOST_PACKS = 100;

	/** So long a remote is not asked for a history again that was too large. */
	private static final Duration REST = Duration.ofHours(1);

	private final Path root;

	private final Clock clock;

	private final Limits limits;

	private final Semaphore fetches = new Semaphore(AT_ONCE);

	private final Map<Path, ReentrantLock> locks = new ConcurrentHashMap<>();

	/** When a remote's history was last found too large, in nanoseconds of this JVM. */
	private final Map<Path, Long> tooLarge = new ConcurrentHashMap<>();

	/**
	 * Creates the caches with the usual limits.
	 * @param root the folder that they have for themselves; absent before the first
	 * @param clock tells when a cache was used last
	 */
	CommitCaches(Path root, Clock clock) {
		this(root, clock, new Limits(512L << 20, 4L << 30, 200));
	}

	/**
	 * Creates the caches.
	 * @param root the folder that they have for themselves; absent before the first
	 * @param clock tells when a cache was used last
	 * @param limits how large they may grow
	 */
	CommitCaches(Path root, Clock clock, Limits limits) {
		this.root = root;
		this.clock = clock;
		this.limits = limits;
	}

	/**
	 * Tells how one commit stands to another.
	 * @param remote whose history it is
	 * @param commit the one
	 * @param other the other
	 * @param supply brings what is missing
	 * @return {@code UNKNOWN} when the remote does not show enough
	 * @throws IOException when the remote does not answer, or the disk fails
	 */
	Ancestry ancestry(URI remote, ObjectId commit, ObjectId other, Supply supply) throws IOException {
		if (commit.equals(other)) {
			return Ancestry.SAME;
		}
		Path folder = this.root.resolve(name(remote));
		ReentrantLock lock = this.locks.computeIfAbsent(folder, (absent) -> new ReentrantLock());
		enter(lock);
		try {
			Question question = new Question(folder, List.of(commit, other), supply);
			if (countPacks(folder) > MOST_PACKS) {
				delete(folder);
			}
			return Files.exists(folder) ? askAgainWhenDamaged(question) : ask(question).ancestry();
		}
		finally {
			lock.unlock();
		}
	}

	private static void enter(ReentrantLock lock) throws InterruptedIOException {
		try {
			lock.lockInterruptibly();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Waiting for another fetch of the same repository was interrupted");
		}
	}

	/** A history that is cut off may be whole at the remote by now. */
	private Ancestry askAgainWhenDamaged(Question question) throws IOException {
		try {
			Answer answer = ask(question);
			if (!answer.cutOff()) {
				return answer.ancestry();
			}
		}
		catch (IOException | RuntimeException ex) {
			if (isSound(question.folder())) {
				throw ex;
			}
			logger.warn("The cached history in '{}' was damaged and is fetched again: {}", question.folder(),
					Failures.words(ex));
		}
		delete(question.folder());
		return ask(question).ancestry();
	}

	private Answer ask(Question question) throws IOException {
		try (Repository cache = ReceivingRepository.open(question.folder(), this.limits.bytesOfOne())) {
			Files.setLastModifiedTime(question.folder(), FileTime.from(this.clock.instant()));
			fetchMissing(question, cache);
			if (!question.missing(cache).isEmpty()) {
				return new Answer(Ancestry.UNKNOWN, false);
			}
			Ancestry ancestry = CommitWalk.between(cache, question.commits().getFirst(), question.commits().getLast());
			return new Answer(ancestry, ancestry == Ancestry.UNKNOWN);
		}
	}

	private void fetchMissing(Question question, Repository cache) throws IOException {
		List<ObjectId> missing = question.missing(cache);
		Long tooLarge = this.tooLarge.get(question.folder());
		boolean resting = tooLarge != null && System.nanoTime() - tooLarge < REST.toNanos();
		if (missing.isEmpty() || resting) {
			return;
		}
		try {
			this.fetches.acquire();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Waiting for other fetches was interrupted");
		}
		try {
			question.supply().fetch(cache, missing);
		}
		catch (IOException ex) {
			if (!isTooLarge(ex)) {
				throw ex;
			}
			logger.warn("A history is not fetched for {} min, because it is larger than {} bytes: {}", REST.toMinutes(),
					this.limits.bytesOfOne(), Failures.words(ex));
			this.tooLarge.put(question.folder(), System.nanoTime());
		}
		finally {
			this.fetches.release();
		}
		makeRoom();
	}

	private static boolean isTooLarge(IOException failure) {
		return Failures.behind(failure, ReceivingRepository.PackTooLarge.class).isPresent()
				|| Failures.behind(failure, TooLargeObjectInPackException.class).isPresent();
	}

	/** Reads every commit that a ref leads to. */
	private boolean isSound(Path folder) {
		try (Repository cache = ReceivingRepository.open(folder, 0)) {
			CommitRefs.readAll(cache);
			return true;
		}
		catch (IOException | RuntimeException ex) {
			return false;
		}
	}

	private static long countPacks(Path folder) throws IOException {
		Path packs = folder.resolve("objects/pack");
		if (!Files.isDirectory(packs)) {
			return 0;
		}
		try (Stream<Path> files = Files.list(packs)) {
			return files.filter((file) -> file.toString().endsWith(".pack")).count();
		}
	}

	/** Those that were not used for longest go first; what is in use stays. */
	private void makeRoom() throws IOException {
		List<CacheOnDisk> kept = CacheOnDisk.in(this.root);
		long bytes = kept.stream().mapToLong(CacheOnDisk::bytes).sum();
		int count = kept.size();
		for (CacheOnDisk one : kept) {
			boolean fits = bytes <= this.limits.bytesOfAll() && count <= this.limits.caches();
			if (!fits && deleteUnused(one.folder())) {
				bytes -= one.bytes();
				count--;
			}
		}
	}

	private boolean deleteUnused(Path folder) throws IOException {
		ReentrantLock lock = this.locks.computeIfAbsent(folder, (absent) -> new ReentrantLock());
		if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
			return false;
		}
		try {
			delete(folder);
			return true;
		}
		finally {
			lock.unlock();
		}
	}

	private static void delete(Path folder) throws IOException {
		FileSystemUtils.deleteRecursively(folder);
	}

	private static String name(URI remote) {
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256")
				.digest(HttpSource.withoutUser(remote).toString().getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(hash, 0, 16) + ".git";
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-256", ex);
		}
	}

	/** Brings commits with their history. */
	interface Supply {

		/**
		 * Fetches; what the remote does not serve stays missing.
		 * @param cache where to
		 * @param missing the commits
		 * @throws IOException when the remote does not answer
		 */
		void fetch(Repository cache, List<ObjectId> missing) throws IOException;

	}

	/**
	 * How large caches may grow.
	 *
	 * @param bytesOfOne the most that one fetch may receive
	 * @param bytesOfAll the most that all may hold together
	 * @param caches the most remotes
	 */
	record Limits(long bytesOfOne, long bytesOfAll, int caches) {

	}

	private record Question(Path folder, List<ObjectId> commits, Supply supply) {

		List<ObjectId> missing(Repository cache) throws IOException {
			List<ObjectId> missing = new ArrayList<>();
			for (ObjectId commit : this.commits) {
				if (!cache.getObjectDatabase().has(commit)) {
					missing.add(commit);
				}
			}
			return missing;
		}

	}

	/**
	 * What a cache says.
	 *
	 * @param ancestry the answer
	 * @param cutOff whether both commits are there, but not all between them
	 */
	private record Answer(Ancestry ancestry, boolean cutOff) {

	}

}
