package dev.imagefactory.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.util.FileSystemUtils;

/**
 * One service for the classes that do it no harm, because a start takes longest: each has
 * a repository of its own, and none may count what is not of its own. It is started when
 * it is first needed, and ends with this JVM.
 */
final class CommonService {

	/** What deliveries are signed with, but for the repository that has its own. */
	static final String SECRET = "It's a secret to everybody";

	/** What deliveries of {@link #OWNING} are signed with. */
	static final String OTHER_SECRET = "the secret of acme/other";

	/** A repository with a secret of its own. */
	static final String OWNING = "acme/other";

	/** The identity of {@link #OWNING}. */
	static final long OWNING_ID = 2002;

	/**
	 * A repository at a server that takes connections and never says a word, so that a
	 * clone from it goes on.
	 */
	static final String SILENT = "acme/silent";

	private static CommonService common;

	private final Path folder;

	private final ServerSocket silent;

	private final ServiceProcess.Description description;

	private final ServiceProcess process;

	private CommonService() throws IOException {
		this.folder = Files.createTempDirectory("image-factory-common-");
		this.silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		Path secret = Hook.secretFile(this.folder, SECRET);
		this.description = ServiceProcess.on(this.folder.resolve("data")).with("image-factory.local.builder", "jib");
		for (Tenant tenant : Tenant.values()) {
			this.description.onboarding(tenant.repository(), url(tenant), secret);
		}
		this.description
			.onboarding(SILENT, URI.create("https://127.0.0.1:" + this.silent.getLocalPort() + "/silent.git"), secret)
			.onboarding(OWNING, url(Tenant.DELIVERIES), secret)
			.owning(OWNING_ID, Hook.secretFile(this.folder, "other-secret", OTHER_SECRET));
		this.process = this.description.start();
	}

	private URI url(Tenant tenant) {
		return folder(tenant).toUri();
	}

	private Path folder(Tenant tenant) {
		return this.folder.resolve(tenant.repository());
	}

	private static synchronized CommonService get() {
		if (common == null) {
			try {
				common = new CommonService();
				Runtime.getRuntime().addShutdownHook(new Thread(common::close));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return common;
	}

	/** The running service. */
	static ServiceProcess process() {
		return get().process;
	}

	/** How it was started. */
	static ServiceProcess.Description description() {
		return get().description;
	}

	private void close() {
		this.process.close();
		try {
			this.silent.close();
			FileSystemUtils.deleteRecursively(this.folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Who has a repository. */
	enum Tenant {

		DELIVERIES("acme/hello"), REFS("acme/refs"), REQUESTS("acme/requests"), NEIGHBOURS("acme/neighbours");

		private final String repository;

		private final Hook hook;

		Tenant(String repository) {
			this.repository = repository;
			this.hook = new Hook(repository, id(), SECRET);
		}

		/** The identity that GitHub gave the repository. */
		long id() {
			return 1001 + ordinal();
		}

		String repository() {
			return this.repository;
		}

		Hook hook() {
			return this.hook;
		}

		/** The repository, with one commit and its tag {@code v1.0.0}. */
		GitProject project() {
			GitProject project = new GitProject(get().folder(this));
			project.commit(GitProject.hello("hello"));
			project.tag("v1.0.0");
			return project;
		}

		/** Its images. */
		Layout layout() {
			return new Layout(
					process().dataDirectory().resolve("registry").resolve(this.repository.replace("acme/", "test/")));
		}

	}

}
