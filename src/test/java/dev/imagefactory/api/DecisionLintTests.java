package dev.imagefactory.api;

import java.net.URI;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.build.Build;
import dev.imagefactory.engine.LintVerdict;
import dev.imagefactory.engine.RunLint;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.intake.Delivery.Decided;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.Installation;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.planning.DryRun.Foreseen;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.slice.Samples;
import dev.imagefactory.slice.Slice;
import dev.imagefactory.submission.Runs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

import static org.assertj.core.api.Assertions.assertThat;

/** What a dry run says of its Workflows where an Argo Server is configured. */
@ResourceLock(Slice.LOCK)
class DecisionLintTests {

	private final Build build = Samples.queued(Samples.START);

	@BeforeEach
	void reset() {
		Slice.reset();
		onboard("payments");
	}

	private void onboard(String prefix) {
		RepositoryRule rule = RepositoryRule.standard("acme/app");
		Team team = new Team(TeamName.of("payments"), ImageName.of(prefix), ArgoIdentity.standard(),
				GatePolicy.standard(), List.of(rule));
		Slice.memory.onboarding.repositories.put(this.build.order().repository(),
				new OnboardedRepository(this.build.order().repository(), team, rule, ImageName.of("payments/app"),
						URI.create("https://github.example/acme/app.git")));
	}

	private JsonNode decision(RunLint lint) {
		WorkflowPreview preview = new WorkflowPreview(Slice.bean(Runs.class), Slice.memory.onboarding,
				Slice.bean(Registry.class), Slice.bean(Installation.class), Optional.of(lint));
		Decided decided = new Decided(DeliveryOutcome.BUILT, null, null, List.of(), null);
		return Slice.bean(ObjectMapper.class)
			.valueToTree(DecisionJson.of(new Foreseen(decided, List.of(this.build)), preview))
			.at("/builds/0");
	}

	@Test
	void lintWhenTheServerAnswersIsItsVerdict() {
		assertThat(decision((run) -> {
			assertThat(run.build()).isEqualTo(this.build.id());
			return new LintVerdict.Good();
		}).get("lint")).hasToString("{\"verdict\":\"ok\"}");
		assertThat(decision((run) -> new LintVerdict.Wrong("The Argo Server says: no.")).get("lint"))
			.hasToString("{\"verdict\":\"wrong\",\"detail\":\"The Argo Server says: no.\"}");
	}

	@Test
	void lintWhenTheServerIsDownSaysSoAndTheRestIsThere() {
		JsonNode shown = decision((run) -> new LintVerdict.Unseen("Not linted, because it is away."));
		assertThat(shown.get("lint"))
			.hasToString("{\"verdict\":\"cannot-see\",\"detail\":\"Not linted, because it is away.\"}");
		assertThat(shown.at("/workflow/kind").asText()).isEqualTo("Workflow");
	}

	@Test
	void lintWhenThereIsNoWorkflowIsNotAsked() {
		onboard("search");
		JsonNode shown = decision((run) -> {
			throw new AssertionError("It was asked");
		});
		assertThat(shown.has("workflowRefused")).isTrue();
		assertThat(shown.has("lint")).isFalse();
	}

}
