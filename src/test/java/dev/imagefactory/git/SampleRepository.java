package dev.imagefactory.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.RepositoryName;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.TagBuilder;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

import org.springframework.util.FileSystemUtils;

/**
 * A real, bare git repository for tests, made in a few lines:
 *
 * <pre>
 * SampleRepository sample = SampleRepository.in(folder).file("Dockerfile", "FROM scratch\n");
 * CommitSha first = sample.commit("first");
 * sample.annotatedTag("v1.0.0", first);
 * CommitSha second = sample.file("hello.txt", "hello\n").commit("second");
 * </pre>
 *
 * Commits go to branch {@code main} until another is chosen. Times start at
 * {@link #START} and grow by one second, so that the same lines give the same commits.
 */
public final class SampleRepository {

	/** The time of the first commit or tag. */
	public static final Instant START = Instant.parse("2025-01-01T12:00:00Z");

	private final Path folder;

	private final Repository repository;

	private final Map<String, DirCacheEntry> files = new TreeMap<>();

	private String branch = "refs/heads/main";

	private int seconds;

	private SampleRepository(Path folder, Repository repository) {
		this.folder = folder;
		this.repository = repository;
	}

	/**
	 * Makes an empty bare repository.
	 * @param folder where; made when absent
	 * @return the repository
	 */
	public static SampleRepository in(Path folder) {
		return trying(() -> {
			IsolatedSystemReader.install();
			Repository repository = new FileRepositoryBuilder().setGitDir(folder.toFile()).setBare().build();
			repository.create(true);
			repository.updateRef(Constants.HEAD).link("refs/heads/main");
			return new SampleRepository(folder, repository);
		});
	}

	/**
	 * A client as the service uses it, for tests of other packages.
	 * @return a client that reads credentials from files
	 */
	public static Git client() {
		return new JgitGit(new FileGitCredentials(), temporaryCaches());
	}

	/** Caches that are gone with this process. */
	static CommitCaches temporaryCaches() {
		return trying(() -> {
			Path folder = Files.createTempDirectory("image-factory-git-");
			Runtime.getRuntime()
				.addShutdownHook(new Thread(() -> trying(() -> FileSystemUtils.deleteRecursively(folder))));
			return new CommitCaches(folder, Clock.systemUTC());
		});
	}

	/**
	 * Puts a file into the next commits.
	 * @param path its path
	 * @param content its text
	 * @return this
	 */
	public SampleRepository file(String path, String content) {
		return file(path, content.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Puts a file into the next commits.
	 * @param path its path
	 * @param content its bytes
	 * @return this
	 */
	public SampleRepository file(String path, byte[] content) {
		return entry(path, FileMode.REGULAR_FILE, insert(Constants.OBJ_BLOB, content));
	}

	/**
	 * Puts an executable file into the next commits.
	 * @param path its path
	 * @param content its text
	 * @return this
	 */
	public SampleRepository executable(String path, String content) {
		return entry(path, FileMode.EXECUTABLE_FILE,
				insert(Constants.OBJ_BLOB, content.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * Puts a symlink into the next commits.
	 * @param path its path
	 * @param target where it points, also out of the tree
	 * @return this
	 */
	public SampleRepository link(String path, String target) {
		return entry(path, FileMode.SYMLINK, insert(Constants.OBJ_BLOB, target.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * Puts a submodule into the next commits.
	 * @param path its path
	 * @param commit a commit of another repository
	 * @return this
	 */
	public SampleRepository submodule(String path, CommitSha commit) {
		return entry(path, FileMode.GITLINK, ObjectId.fromString(commit.value()));
	}

	/**
	 * Leaves a file out of the next commits.
	 * @param path its path
	 * @return this
	 */
	public SampleRepository remove(String path) {
		this.files.remove(path);
		return this;
	}

	/**
	 * Chooses the branch of the next commits; a new one begins at the present commit. The
	 * files stay as they are.
	 * @param name the branch
	 * @return this
	 */
	public SampleRepository branch(String name) {
		ObjectId present = trying(() -> this.repository.resolve(this.branch));
		this.branch = "refs/heads/" + name;
		if (present != null && trying(() -> this.repository.exactRef(this.branch)) == null) {
			set(this.branch, present);
		}
		return this;
	}

	/**
	 * Commits the files to the present branch.
	 * @param message the commit's message
	 * @return the commit
	 */
	public CommitSha commit(String message) {
		return commitTree(message, tree());
	}

	/**
	 * Moves a branch to any commit, as a forced push does; the next commit follows it.
	 * @param name the branch
	 * @param commit the commit
	 * @return this
	 */
	public SampleRepository force(String name, CommitSha commit) {
		return set("refs/heads/" + name, ObjectId.fromString(commit.value()));
	}

	/**
	 * Merges a commit into the present branch.
	 * @param message the commit's message
	 * @param other the second parent
	 * @return the commit
	 */
	public CommitSha merge(String message, CommitSha other) {
		return commitTree(message, tree(), ObjectId.fromString(other.value()));
	}

	/**
	 * Makes a commit that no branch leads to.
	 * @param message the commit's message
	 * @param seconds its time after {@link #START}; may be wrong
	 * @param parents its parents
	 * @return the commit
	 */
	public CommitSha looseCommit(String message, int seconds, List<CommitSha> parents) {
		PersonIdent person = new PersonIdent("A Developer", "developer@example.com",
				START.plus(Duration.ofSeconds(seconds)), ZoneOffset.UTC);
		CommitBuilder commit = new CommitBuilder();
		commit.setTreeId(tree());
		commit.setMessage(message);
		commit.setAuthor(person);
		commit.setCommitter(person);
		parents.forEach((parent) -> commit.addParentId(ObjectId.fromString(parent.value())));
		return trying(() -> {
			try (ObjectInserter inserter = this.repository.newObjectInserter()) {
				ObjectId id = inserter.insert(commit);
				inserter.flush();
				return CommitSha.of(id.name());
			}
		});
	}

	/**
	 * Commits any tree object to the present branch, also one that git would refuse.
	 * @param message the commit's message
	 * @param tree the bytes of a tree object
	 * @return the commit
	 */
	public CommitSha commitRawTree(String message, byte[] tree) {
		return commitTree(message, insert(Constants.OBJ_TREE, tree));
	}

	/**
	 * Makes or moves a lightweight tag.
	 * @param name the tag
	 * @param commit the commit
	 * @return this
	 */
	public SampleRepository tag(String name, CommitSha commit) {
		return tagObject(name, ObjectId.fromString(commit.value()));
	}

	/**
	 * Makes or moves a lightweight tag of any object.
	 * @param name the tag
	 * @param object the object
	 * @return this
	 */
	public SampleRepository tagObject(String name, ObjectId object) {
		return set("refs/tags/" + name, object);
	}

	/**
	 * Makes or moves an annotated tag.
	 * @param name the tag
	 * @param commit the commit
	 * @return the tag object
	 */
	public ObjectId annotatedTag(String name, CommitSha commit) {
		return annotatedTag(name, ObjectId.fromString(commit.value()), Constants.OBJ_COMMIT);
	}

	/**
	 * Makes or moves an annotated tag of any object.
	 * @param name the tag
	 * @param object the object
	 * @param type its type, as in {@link Constants}
	 * @return the tag object
	 */
	public ObjectId annotatedTag(String name, ObjectId object, int type) {
		TagBuilder tag = new TagBuilder();
		tag.setTag(name);
		tag.setObjectId(object, type);
		tag.setTagger(person());
		tag.setMessage("Release " + name);
		ObjectId id = trying(() -> {
			try (ObjectInserter inserter = this.repository.newObjectInserter()) {
				ObjectId inserted = inserter.insert(tag);
				inserter.flush();
				return inserted;
			}
		});
		set("refs/tags/" + name, id);
		return id;
	}

	/**
	 * Adds any object.
	 * @param type its type, as in {@link Constants}
	 * @param content its bytes
	 * @return its id
	 */
	public ObjectId insert(int type, byte[] content) {
		return trying(() -> {
			try (ObjectInserter inserter = this.repository.newObjectInserter()) {
				ObjectId id = inserter.insert(type, content);
				inserter.flush();
				return id;
			}
		});
	}

	/**
	 * The tree of the files as they are now.
	 * @return its id
	 */
	public ObjectId tree() {
		return trying(() -> {
			DirCache index = DirCache.newInCore();
			DirCacheBuilder builder = index.builder();
			this.files.values().forEach(builder::add);
			builder.finish();
			try (ObjectInserter inserter = this.repository.newObjectInserter()) {
				ObjectId tree = index.writeTree(inserter);
				inserter.flush();
				return tree;
			}
		});
	}

	/**
	 * Where it lies.
	 * @return the folder
	 */
	public Path folder() {
		return this.folder;
	}

	/**
	 * Its file URL.
	 * @return the URL
	 */
	public URI url() {
		return this.folder.toUri();
	}

	/**
	 * The remote to read it through the file system.
	 * @param name whose it is
	 * @return the remote
	 */
	public GitRemote remote(String name) {
		return new GitRemote(RepositoryName.of(name), url(), null);
	}

	private SampleRepository entry(String path, FileMode mode, ObjectId id) {
		DirCacheEntry entry = new DirCacheEntry(path);
		entry.setFileMode(mode);
		entry.setObjectId(id);
		this.files.put(path, entry);
		return this;
	}

	private CommitSha commitTree(String message, ObjectId tree, ObjectId... others) {
		return trying(() -> {
			CommitBuilder commit = new CommitBuilder();
			commit.setTreeId(tree);
			commit.setMessage(message);
			Ref parent = this.repository.exactRef(this.branch);
			if (parent != null) {
				commit.addParentId(parent.getObjectId());
			}
			Stream.of(others).forEach(commit::addParentId);
			commit.setAuthor(person());
			commit.setCommitter(person());
			try (ObjectInserter inserter = this.repository.newObjectInserter()) {
				ObjectId id = inserter.insert(commit);
				inserter.flush();
				set(this.branch, id);
				return CommitSha.of(id.name());
			}
		});
	}

	private PersonIdent person() {
		Instant now = START.plus(Duration.ofSeconds(this.seconds++));
		return new PersonIdent("A Developer", "developer@example.com", now, ZoneOffset.UTC);
	}

	private SampleRepository set(String ref, ObjectId id) {
		return trying(() -> {
			RefUpdate update = this.repository.updateRef(ref);
			update.setNewObjectId(id);
			update.setForceUpdate(true);
			RefUpdate.Result result = update.forceUpdate();
			if (result == RefUpdate.Result.LOCK_FAILURE || result == RefUpdate.Result.REJECTED) {
				throw new IOException("Cannot set " + ref + ": " + result);
			}
			return this;
		});
	}

	private static <T> T trying(Work<T> work) {
		try {
			return work.get();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Work on files.
	 *
	 * @param <T> what it gives
	 */
	private interface Work<T> {

		T get() throws IOException;

	}

}
