package dev.imagefactory.engine.argo;

import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.source.ShortText;
import org.jspecify.annotations.Nullable;

/**
 * Texts of Argo, Kubernetes and containers, made fit for a sentence of ours. A container
 * writes the end of its own message, so they may hold anything.
 */
final class ArgoText {

	private static final int MOST = 400;

	private static final int MOST_READ = 16 * 1024;

	private ArgoText() {
	}

	/**
	 * Makes a text fit to be shown.
	 * @param text the text, as it stands in the object
	 * @return one line of at most 400 characters, without the full stop that the sentence
	 * around it brings
	 */
	static String shown(@Nullable String text) {
		if (text == null || text.isBlank()) {
			return "without a message";
		}
		String line = StepLogs.oneLine(ShortText.of(text.stripTrailing(), MOST_READ));
		if (line.endsWith(".") && !line.endsWith("..")) {
			line = line.substring(0, line.length() - 1);
		}
		return (line.length() <= MOST) ? line : ShortText.of(line, MOST) + "...";
	}

}
