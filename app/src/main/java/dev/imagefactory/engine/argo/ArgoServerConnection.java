package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import dev.imagefactory.registry.Trust;
import io.argoproj.workflow.ApiClient;
import io.argoproj.workflow.apis.ArchivedWorkflowServiceApi;
import io.argoproj.workflow.apis.ArtifactServiceApi;
import io.argoproj.workflow.apis.InfoServiceApi;
import io.argoproj.workflow.apis.WorkflowServiceApi;

import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.ByteArrayHttpMessageConverter;
import org.springframework.http.converter.json.MappingJackson2HttpMessageConverter;
import org.springframework.web.client.RestClient;

/**
 * The services of an Argo Server, as the generated client has them, over a connection
 * that follows no redirect, which would carry the token elsewhere, and reads no answer
 * without an end.
 *
 * @param workflows lint, and Workflows with all their nodes
 * @param archive Workflows whose objects are gone
 * @param artifacts what nodes have put into the artifact store
 * @param info what the server says of itself
 */
record ArgoServerConnection(WorkflowServiceApi workflows, ArchivedWorkflowServiceApi archive,
		ArtifactServiceApi artifacts, InfoServiceApi info) {

	private static final Duration CONNECT = Duration.ofSeconds(3);

	private static final int MOST_TOKEN_CHARS = 64 * 1024;

	private static final String BEARER = "Bearer ";

	/**
	 * Opens the connection; nobody is asked yet.
	 * @param settings where the server is
	 * @param patience how long it may be silent
	 * @return the services
	 */
	static ArgoServerConnection open(ArgoServerSettings settings, Duration patience) {
		JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(http(settings.certificates()));
		requests.setReadTimeout(patience);
		RestClient rest = RestClient.builder().requestFactory(requests).messageConverters((converters) -> {
			converters.clear();
			converters.add(new ByteArrayHttpMessageConverter());
			converters.add(new MappingJackson2HttpMessageConverter(WorkflowObjects.mapper()));
		})
			.defaultStatusHandler(ArgoServerErrors::isBad, ArgoServerErrors::handle)
			.requestInterceptor((request, body, execution) -> send(request, body, execution, settings.token()))
			.build();
		ApiClient client = new ApiClient(rest).setBasePath(settings.address());
		return new ArgoServerConnection(new WorkflowServiceApi(client), new ArchivedWorkflowServiceApi(client),
				new ArtifactServiceApi(client), new InfoServiceApi(client));
	}

	private static HttpClient http(Optional<Path> certificates) {
		HttpClient.Builder builder = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.followRedirects(HttpClient.Redirect.NEVER)
			.connectTimeout(CONNECT);
		certificates.map((file) -> Trust.including("image-factory.argo.server-ca-file", file))
			.ifPresent(builder::sslContext);
		return builder.build();
	}

	private static ClientHttpResponse send(HttpRequest request, byte[] body, ClientHttpRequestExecution execution,
			Optional<Path> token) throws IOException {
		if (token.isPresent()) {
			request.getHeaders().setBearerAuth(read(token.get()));
		}
		return new BoundedResponse(execution.execute(request, body));
	}

	/** Read each time: a pod's token is good for an hour. */
	private static String read(Path file) {
		try {
			String text = Files.readString(file).strip();
			// As "argo auth token" prints it.
			String token = text.startsWith(BEARER) ? text.substring(BEARER.length()) : text;
			if (token.isEmpty() || token.length() > MOST_TOKEN_CHARS || !token.matches("[!-~]+")) {
				throw new ArgoServerSilent(
						"was not asked: image-factory.argo.server-token-file, '%s', holds no token".formatted(file));
			}
			return token;
		}
		catch (IOException ex) {
			throw new ArgoServerSilent("was not asked: image-factory.argo.server-token-file, '%s', cannot be read (%s)"
				.formatted(file, ex.getClass().getSimpleName()), ex);
		}
	}

}
