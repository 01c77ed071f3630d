package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.argo.StrictKubernetes.Fault;
import dev.imagefactory.engine.argo.StrictKubernetes.Reply;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** An API server that asks to be left alone is left alone, as long as it may ask for. */
class KubernetesCallsTests {

	private static final String LIST = "apis/argoproj.io/v1alpha1/namespaces/builds/workflows";

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

	private final TestCluster cluster = new TestCluster();

	private final KubernetesCalls calls = new KubernetesCalls(this.cluster.client(), this.nanos::get);

	@AfterEach
	void close() {
		this.cluster.close();
	}

	@ParameterizedTest
	@CsvSource({ "429,7,7", "503,7,7", "500,7,7", "504,7,7", "429,3600,60", "503,999999999,60" })
	void sendWhenToldToWaitWaitsSoLong(int code, String asked, long seconds) {
		answer(code, asked);
		assertThat(this.calls.isResting()).isTrue();
		pass(Duration.ofSeconds(seconds).minusMillis(1));
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(this::ask)
			.withMessageContaining("asked to be left alone");
		assertThat(this.cluster.kubernetes.requests).hasSize(1);
		pass(Duration.ofMillis(1));
		assertThat(this.calls.isResting()).isFalse();
		assertThat(ask()).isEqualTo(200);
	}

	/** Nobody asks for it with a success, a refusal or a number that is none. */
	@ParameterizedTest
	@CsvSource({ "200,7", "403,7", "429,-1", "503,soon", "429,99999999999999999999", "429,0" })
	void sendWhenNotToldToWaitGoesOn(int code, String asked) {
		answer(code, asked);
		assertThat(this.calls.isResting()).isFalse();
	}

	/** Two requests are under way, and the answer to the first one comes last. */
	@Test
	void sendWhenToldTwiceWaitsForTheLongerOfBoth() {
		this.cluster.kubernetes.once("?limit=1", (server, exchange) -> {
			answer(429, "20");
			server.send(exchange, reply(429, "1"));
		});
		assertThat(ask(LIST + "?limit=1")).isEqualTo(429);
		pass(Duration.ofSeconds(19));
		assertThat(this.calls.isResting()).isTrue();
	}

	/** Watches and logs are requests too. */
	@Test
	void streamWhenToldToWaitSendsNothing() {
		answer(429, "7");
		assertThat(stream()).isCompletedExceptionally();
		assertThat(this.cluster.kubernetes.requests).hasSize(1);
		pass(Duration.ofSeconds(7));
		assertThat(stream().join().code()).isEqualTo(200);
	}

	@Test
	void streamWhenItIsAnsweredWithAWaitIsWaitedForByAll() {
		this.cluster.kubernetes.once(LIST, Fault.answer(reply(503, "7")));
		assertThat(stream().join().code()).isEqualTo(503);
		Awaitility.await().until(this.calls::isResting);
	}

	private CompletableFuture<HttpResponse<AsyncBody>> stream() {
		return this.calls.stream(this.calls.request(LIST).build(), (pieces, body) -> body.consume());
	}

	private static Reply reply(int code, String asked) {
		return Reply.status(code, "Reason", "words").with("Retry-After", asked);
	}

	private void answer(int code, String asked) {
		this.cluster.kubernetes.once(LIST, Fault.answer(reply(code, asked)));
		assertThat(ask()).isEqualTo(code);
	}

	private int ask() {
		return ask(LIST);
	}

	private int ask(String path) {
		return this.calls.send(this.calls.request(path), "list", Duration.ofSeconds(10)).code();
	}

	private void pass(Duration time) {
		this.nanos.addAndGet(time.toNanos());
	}

}
