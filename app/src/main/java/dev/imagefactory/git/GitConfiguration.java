package dev.imagefactory.git;

import java.nio.file.Path;
import java.time.Clock;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the package. */
@Configuration(proxyBeanMethods = false)
class GitConfiguration {

	@Bean
	GitCredentials gitCredentials() {
		return new FileGitCredentials();
	}

	@Bean
	Git git(GitCredentials credentials, @Qualifier("dataDirectory") Path dataDirectory, Clock clock) {
		return new JgitGit(credentials, new CommitCaches(dataDirectory.resolve("git"), clock));
	}

}
