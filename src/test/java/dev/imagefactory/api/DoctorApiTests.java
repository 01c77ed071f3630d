package dev.imagefactory.api;

import java.net.http.HttpResponse;

import dev.imagefactory.engine.Check;
import dev.imagefactory.slice.Slice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

import static org.assertj.core.api.Assertions.assertThat;

/** GET /api/v1/doctor. */
@ResourceLock(Slice.LOCK)
class DoctorApiTests {

	@BeforeEach
	void reset() {
		Slice.reset();
	}

	@Test
	void doctorWhenAskedTellsEveryCheck() {
		Slice.checks.add(Check.ok("api", null, "It answers."));
		Slice.checks.add(Check.wrong("rights", "builds", "It may not create workflows.", "kubectl apply -f x"));
		Slice.checks.add(Check.cannotSee("accounts", "builds", "The right get serviceaccounts is missing.", null));
		HttpResponse<String> answer = Slice.send(Slice.admin("/api/v1/doctor"));
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(Slice.json(answer)).hasToString(
				"""
						{"items":[{"check":"api","verdict":"ok","detail":"It answers."},\
						{"check":"rights","verdict":"wrong","namespace":"builds","detail":"It may not create workflows.","fix":"kubectl apply -f x"},\
						{"check":"accounts","verdict":"cannot-see","namespace":"builds","detail":"The right get serviceaccounts is missing."}],\
						"nextCursor":null}""");
	}

	@Test
	void doctorWhenNobodySaysWhoIsRefused() {
		assertThat(Slice.send(Slice.anonymous("/api/v1/doctor")).statusCode()).isEqualTo(401);
		assertThat(Slice.send(Slice.admin("/api/v1/doctor?namespace=builds")).statusCode()).isEqualTo(400);
		assertThat(Slice.send(Slice.post(Slice.admin("/api/v1/doctor"), "{}")).statusCode()).isEqualTo(405);
	}

}
