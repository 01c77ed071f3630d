package dev.imagefactory.engine.argo.checkup;

import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.source.ShortText;
import org.jspecify.annotations.Nullable;

/** Asks the Kubernetes API one question at a time, and never changes anything. */
@FunctionalInterface
public interface KubernetesQuestions {

	/**
	 * Asks.
	 * @param question the question
	 * @param limit how long the whole answer may take
	 * @return the answer, whatever its code
	 * @throws EngineUnavailable when none came
	 */
	Answer ask(Question question, Duration limit);

	/**
	 * A question.
	 *
	 * @param path below the API server's address, with its query
	 * @param review what is posted, for a review, which stores nothing; null to read
	 * @param onlyMetadata whether names and labels are enough, so that no content travels
	 */
	record Question(String path, @Nullable JsonNode review, boolean onlyMetadata) {

		/** Reads something. */
		static Question read(String path) {
			return new Question(path, null, false);
		}

		/** Reads names and labels. */
		static Question metadata(String path) {
			return new Question(path, null, true);
		}

		/** Has something reviewed. */
		static Question review(String path, JsonNode review) {
			return new Question(path, review, false);
		}

	}

	/**
	 * An answer.
	 *
	 * @param code the HTTP status
	 * @param body its JSON; a missing node when it is none
	 */
	record Answer(int code, JsonNode body) {

		private static final int LONGEST_WORDS = 300;

		boolean isGood() {
			return this.code >= 200 && this.code < 300;
		}

		boolean isForbidden() {
			return this.code == 403;
		}

		/**
		 * Whether the API server knows the kind and says that there is no such object.
		 */
		boolean deniesObject(String name) {
			return this.code == 404 && this.body.path("reason").asText().equals("NotFound")
					&& this.body.at("/details/name").asText().equals(name);
		}

		/** Whether the API server knows no such kind. */
		boolean deniesKind() {
			return this.code == 404 && this.body.at("/details/name").asText().isEmpty();
		}

		/** The API's own words. */
		String words() {
			String message = this.body.path("message").asText();
			return message.isBlank() ? "HTTP " + this.code
					: "HTTP %d: %s".formatted(this.code, ShortText.of(message, LONGEST_WORDS));
		}

	}

}
