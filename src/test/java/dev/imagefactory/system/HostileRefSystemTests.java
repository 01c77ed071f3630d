package dev.imagefactory.system;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Releases of tags that somebody chose with bad intent, or without care. Where git takes
 * such a tag the repository really has it.
 */
class HostileRefSystemTests {

	private static final CommonService.Tenant US = CommonService.Tenant.REFS;

	private static GitProject project;

	private static Api api;

	private static StoredRelease stored;

	@BeforeAll
	static void start() {
		project = US.project();
		ServiceProcess service = CommonService.process();
		api = service.api();
		stored = StoredRelease.make(service, US.hook(), "v1.0.0");
	}

	@AfterEach
	void nothingStoredIsLost() {
		stored.assertKept();
	}

	@Test
	void releaseWhenItsTagIsAWorkflowExpressionFails() {
		project.oddTag("v{{=1}}");
		assertFails("v{{=1}}", "ref-unusable");
	}

	@Test
	void releaseWhenItsTagIsACommandSubstitutionFails() {
		project.oddTag("v$(id)");
		assertFails("v$(id)", "ref-unusable");
	}

	@Test
	void releaseWhenItsTagHas4000CharactersFails() {
		assertFails("v" + "1".repeat(3999), "ref-unusable");
	}

	@Test
	void releaseWhenItsTagIsLongerThanAnImageTagFails() {
		String tag = "v" + "1".repeat(199);
		project.oddTag(tag);
		assertFails(tag, "ref-unusable");
	}

	@Test
	void releaseWhenItsTagHasControlCharactersFails() {
		assertFails("v1\u0007", "ref-unusable");
		assertFails("v1\nv2", "ref-unusable");
		assertFails("v1\u0000", "ref-unusable");
	}

	@Test
	void releaseWhenItsTagIsNoRefOfGitFails() {
		assertFails("v1..v2", "ref-unusable");
		assertFails("../../main", "ref-unusable");
	}

	@Test
	void releaseWhenItsTagIsDevFails() {
		project.oddTag("dev");
		assertFails("dev", "tag-reserved");
	}

	@Test
	void releaseWhenItsTagIsLatestFails() {
		project.oddTag("latest");
		assertFails("latest", "tag-reserved");
	}

	@Test
	void releaseWhenItsTagReadsAsARebuildFails() {
		project.oddTag("v1.0.0-rebuild.1");
		assertFails("v1.0.0-rebuild.1", "tag-reserved");
	}

	@Test
	void releaseWhenItsTagIsNotThereFails() {
		assertFails("v404", "tag-not-found");
	}

	@Test
	void releaseWhenItsTagIsABlobFails() {
		project.git("tag", "v-blob", "HEAD:hello.txt");
		assertFails("v-blob", "tag-not-found");
	}

	@Test
	void releaseWhenItsTagBeginsWithADashIsBuiltUnderAMappedTag() {
		project.oddTag("-x");
		assertBuilt("-x", "_x2dx");
	}

	@Test
	void releaseWhenItsTagHasAPlusIsBuiltUnderAMappedTag() {
		project.tag("v1+build.5");
		assertBuilt("v1+build.5", "v1_x2bbuild.5");
	}

	@Test
	void releaseWhenItsTagHasASlashIsBuiltUnderAMappedTag() {
		project.tag("a/b");
		assertBuilt("a/b", "a_x2fb");
	}

	@Test
	void releaseWhenItsTagIsNotAsciiIsBuiltUnderAMappedTag() {
		project.tag("v\u00e9");
		assertBuilt("v\u00e9", "v_xc3_xa9");
	}

	private static JsonNode planned(String tag) {
		Api.Answer answer = US.hook().send(api, US.hook().release(tag));
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		return api.awaitPlanned(answer.json().path("delivery").asText());
	}

	private static void assertFails(String tag, String reason) {
		long before = builds();
		JsonNode delivery = planned(tag);
		assertThat(delivery.path("outcome").asText()).isEqualTo("failed");
		assertThat(delivery.path("reason").asText()).isEqualTo(reason);
		assertThat(delivery.path("detail").asText()).isNotEmpty().doesNotContainPattern("\\p{Cntrl}");
		assertThat(delivery.path("builds")).isEmpty();
		assertThat(builds()).isEqualTo(before);
	}

	private static long builds() {
		return api.builds()
			.stream()
			.filter((build) -> build.path("repository").asText().equals(US.repository()))
			.count();
	}

	private static void assertBuilt(String tag, String imageTag) {
		JsonNode delivery = planned(tag);
		assertThat(delivery.path("outcome").asText()).as(delivery.toString()).isEqualTo("built");
		JsonNode build = api.awaitEnd(delivery.at("/builds/0/id").asText());
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
		assertThat(build.path("ref").asText()).isEqualTo("refs/tags/" + tag);
		assertThat(US.layout().tags()).containsEntry(imageTag, build.path("digest").asText());
	}

}
