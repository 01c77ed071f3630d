package dev.imagefactory.git;

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
	Git git(GitCredentials credentials) {
		return new JgitGit(credentials);
	}

}
