package dev.imagefactory.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatusCode;

/**
 * Answers what Tomcat itself refuses, such as a path with an encoded slash, as a problem
 * too; no controller ever sees such a request. Tomcat makes it by its name, so it is
 * public.
 */
public final class ProblemReports extends ErrorReportValve {

	@Override
	protected void report(Request request, Response response, @Nullable Throwable throwable) {
		int status = response.getStatus();
		if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
			return;
		}
		try {
			if (isOpen(response)) {
				ProblemType type = Problems.ofStatus(HttpStatusCode.valueOf(status));
				byte[] body = "{\"type\":\"%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}"
					.formatted(type.path(), type.title(), status, type.meaning())
					.getBytes(StandardCharsets.UTF_8);
				response.setContentType("application/problem+json");
				response.getOutputStream().write(body);
				response.finishResponse();
			}
		}
		catch (IOException | IllegalStateException ex) {
			// The caller is gone, or something was said already.
		}
	}

	private static boolean isOpen(Response response) {
		AtomicBoolean allowed = new AtomicBoolean();
		response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, allowed);
		return allowed.get();
	}

}
