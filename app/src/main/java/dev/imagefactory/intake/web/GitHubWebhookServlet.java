package dev.imagefactory.intake.web;

import java.io.IOException;

import dev.imagefactory.intake.Inbox;
import dev.imagefactory.intake.IntakeMetrics;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * {@code POST /webhooks/github}. A servlet of its own, because only the servlet API can
 * read a body as it arrives: a sender of a byte a second costs a little memory, no
 * thread.
 */
final class GitHubWebhookServlet extends HttpServlet {

	private static final long serialVersionUID = 1L;

	private final transient WebhookExchange.Parts parts;

	GitHubWebhookServlet(Inbox inbox, IntakeMetrics metrics, WebhookAnswers answers, BodyLimits limits) {
		this.parts = new WebhookExchange.Parts(inbox, metrics, answers, limits, new BodyMemory(limits));
	}

	@Override
	protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (!request.getMethod().equals("POST")) {
			response.setHeader("Allow", "POST");
			this.parts.answers()
				.write(response, Problem.METHOD, "Webhooks are sent with POST, not " + request.getMethod());
			return;
		}
		new WebhookExchange(this.parts, request, response).begin();
	}

}
