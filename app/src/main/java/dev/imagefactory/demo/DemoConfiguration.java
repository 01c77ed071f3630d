package dev.imagefactory.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** Starts the demo when the service is ready. */
@Configuration(proxyBeanMethods = false)
@Profile("demo")
class DemoConfiguration {

	@Bean
	ApplicationListener<ApplicationReadyEvent> demoStart(ObjectMapper json,
			@Qualifier("dataDirectory") Path dataDirectory,
			@Value("${image-factory.access.admin-token-file:}") String tokenFile) {
		return (event) -> {
			WebServerApplicationContext context = (WebServerApplicationContext) event.getApplicationContext();
			URI base = URI.create("http://127.0.0.1:" + context.getWebServer().getPort());
			Path token = tokenFile.isEmpty() ? dataDirectory.resolve("admin-token") : Path.of(tokenFile);
			Thread.ofPlatform().name("demo").daemon().start(() -> play(json, dataDirectory, token, base));
		};
	}

	private static void play(ObjectMapper json, Path dataDirectory, Path token, URI base) {
		DemoStory story = new DemoStory(System.out, dataDirectory, base);
		try {
			String admin = Files.readString(token).strip();
			new Demo(json, DemoFiles.in(dataDirectory), base, admin, story).play();
		}
		catch (IOException ex) {
			story.failed(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
