package dev.imagefactory.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.imagefactory.source.CommitSha;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.revwalk.RevCommit;

/**
 * A small git repository with a Dockerfile. Each release is an annotated tag on a commit
 * that is not the head of the default branch, because work goes on after it: an image of
 * the wrong commit would show.
 */
class SampleRepository {

	static final String NAME = "demo/hello";

	static final String BRANCH = "main";

	private static final PersonIdent AUTHOR = new PersonIdent("Image Factory demo", "demo@localhost");

	private final Path folder;

	SampleRepository(Path folder) {
		this.folder = folder;
	}

	/**
	 * Makes the next release, and goes on working after it.
	 * @return the release
	 * @throws IOException when the repository cannot be written
	 */
	Release release() throws IOException {
		try (Git git = open()) {
			int number = git.tagList().call().size();
			String tag = "v1.%d.0".formatted(number);
			write("Dockerfile", """
					FROM scratch
					COPY hello.txt /hello.txt
					CMD ["/hello.txt"]
					""");
			RevCommit released = commit(git, "Hello from " + tag, "Prepare release " + tag);
			git.tag()
				.setName(tag)
				.setAnnotated(true)
				.setMessage("Release " + tag)
				.setTagger(AUTHOR)
				.setSigned(false)
				.setObjectId(released)
				.call();
			commit(git, "Work after %s that nobody released yet".formatted(tag), "Go on working after " + tag);
			return new Release(tag, CommitSha.of(released.name()), number + 1);
		}
		catch (GitAPIException ex) {
			throw new IOException("The demo's repository in %s could not be written".formatted(this.folder), ex);
		}
	}

	private Git open() throws IOException, GitAPIException {
		if (Files.isDirectory(this.folder.resolve(".git"))) {
			return Git.open(this.folder.toFile());
		}
		Files.createDirectories(this.folder);
		return Git.init().setDirectory(this.folder.toFile()).setInitialBranch(BRANCH).call();
	}

	private RevCommit commit(Git git, String greeting, String message) throws IOException, GitAPIException {
		write("hello.txt", greeting + "\n");
		git.add().addFilepattern(".").call();
		return git.commit()
			.setMessage(message)
			.setAuthor(AUTHOR)
			.setCommitter(AUTHOR)
			.setSign(false)
			.setNoVerify(true)
			.call();
	}

	private void write(String name, String content) throws IOException {
		Files.writeString(this.folder.resolve(name), content);
	}

	/**
	 * A release of the sample repository.
	 *
	 * @param tag its tag
	 * @param commit the tagged commit
	 * @param number counted from 1
	 */
	record Release(String tag, CommitSha commit, int number) {
	}

}
