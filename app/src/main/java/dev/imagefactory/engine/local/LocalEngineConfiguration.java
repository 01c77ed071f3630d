package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.engine.Checkup;
import dev.imagefactory.engine.EngineLifecycle;
import dev.imagefactory.engine.KnownTags;
import dev.imagefactory.engine.RepositoryTrust;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.git.Git;
import dev.imagefactory.git.GitRemote;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.registry.Registry;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the engine that runs builds on this host. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "image-factory.engine", havingValue = "local", matchIfMissing = true)
class LocalEngineConfiguration {

	private static final String DATABASE_URL = "${image-factory.database.url:}";

	private static final Duration GRACE = Duration.ofSeconds(5);

	private static final Backoff BACKOFF = new Backoff(4, Duration.ofSeconds(2));

	/** Less room than this on the data directory's disk counts as none. */
	private static final long LEAST_ROOM = 4L * 1024 * 1024;

	@Bean
	LocalEngine localEngine(LocalRuns runs, Tools tools, LocalSettings settings, Registry registry,
			@Qualifier("processName") String processName, @Value(DATABASE_URL) String databaseUrl) {
		RepositoryTrust.require(registry.host(), settings.trustRepositories());
		// The lock on the data directory keeps a second process off the embedded
		// database; on any other, replicas are told apart by their leases only.
		Takeover takeover = databaseUrl.isEmpty() ? Takeover.ofSoleProcess() : Takeover.afterLease();
		Tenancy tenancy = Tenancy.standard(processName, takeover);
		return new LocalEngine(runs, tools, tenancy, settings.slots(Runtime.getRuntime().availableProcessors()));
	}

	@Bean
	EngineLifecycle localEngineLifecycle(LocalEngine engine) {
		return new EngineLifecycle(engine::start, engine::close);
	}

	@Bean
	Checkup localCheckup(LocalSettings settings, Registry registry) {
		return new LocalCheckup(settings, SearchPath.ofThisProcess(), RepositoryTrust.isLocal(registry.host()));
	}

	@Bean
	Tools localTools(Onboarding onboarding, Git git, ImageBuilder.Chooser localBuilders, Scanner localScanner,
			Registry registry, KnownTags known, ObjectMapper json, StepLogs logs,
			@Qualifier("dataDirectory") Path dataDirectory, LocalRuns runs, @Value(DATABASE_URL) String databaseUrl,
			Clock clock) {
		Clock shared = databaseUrl.isEmpty() ? clock : new DatabaseClock(runs::now, clock, System::nanoTime);
		return new Tools((run) -> remote(onboarding, run), git, localBuilders, localScanner, registry, known,
				new LayoutCheck(json), logs, diskFull(dataDirectory), BACKOFF, GRACE, dataDirectory,
				new SubordinateRemoval(SearchPath.ofThisProcess()), shared);
	}

	@Bean
	ImageBuilder.Chooser localBuilders(LocalSettings settings, @Qualifier("dataDirectory") Path dataDirectory,
			Clock clock) {
		SearchPath path = SearchPath.ofThisProcess();
		DockerDaemon daemon = new DockerDaemon(path, settings.dockerSocketOrDefault());
		// A daemon comes last: it outlives us, and what it builds must be brought home.
		List<TriedBuilder> programs = List.of(new JailedBuilder(JailedProgram.BUILDAH, path, clock),
				new JailedBuilder(JailedProgram.PODMAN, path, clock),
				new DockerBuilder(daemon, dataDirectory.toAbsolutePath().resolve("docker"), clock));
		Builders builders = new Builders(settings.builder(), programs, new JibBuilder());
		return (request, commands) -> builders.choose(request.scratch(), commands);
	}

	@Bean
	Scanner localScanner(@Qualifier("dataDirectory") Path dataDirectory) {
		return new TrivyScanner(SearchPath.ofThisProcess(), dataDirectory.resolve("scanner"), System.getenv());
	}

	/** The URL is the run's own; the credentials are whatever the settings say today. */
	private static GitRemote remote(Onboarding onboarding, Run run) {
		Path credentials = onboarding.find(run.order().repository())
			.map(OnboardedRepository::rule)
			.map(RepositoryRule::credentialsFile)
			.orElse(null);
		return new GitRemote(run.order().repository(), run.cloneUrl(), credentials);
	}

	private static BooleanSupplier diskFull(Path dataDirectory) {
		return () -> {
			try {
				return Files.getFileStore(dataDirectory).getUsableSpace() < LEAST_ROOM;
			}
			catch (IOException ex) {
				return false;
			}
		};
	}

}
