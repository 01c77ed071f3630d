package dev.imagefactory.api;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Puts what Spring refuses into words: what came, where, and what is taken there. */
final class Refusals {

	private Refusals() {
	}

	/** The detail of a refusal, where more is known than its status. */
	static Optional<String> detail(Exception ex, HttpServletRequest request) {
		String path = Words.printable(request.getRequestURI());
		if (ex instanceof HttpRequestMethodNotSupportedException method) {
			return Optional.of("%s takes no %s, but %s.".formatted(path, Words.printable(method.getMethod()),
					methods(method.getSupportedMethods())));
		}
		if (ex instanceof HttpMediaTypeNotSupportedException type) {
			String came = (type.getContentType() != null) ? "as " + Words.printable(type.getContentType().toString())
					: "without a Content-Type that can be read";
			return Optional.of("The body came %s. %s takes %s: send it as that, with a Content-Type that says so."
				.formatted(came, path, types(type.getSupportedMediaTypes())));
		}
		if (ex instanceof HttpMediaTypeNotAcceptableException type && !type.getSupportedMediaTypes().isEmpty()) {
			return Optional.of("The Accept header does not take what %s answers with: %s.".formatted(path,
					types(type.getSupportedMediaTypes())));
		}
		if (ex instanceof NoResourceFoundException) {
			return Optional
				.of("There is nothing under %s. /v3/api-docs and /swagger-ui.html show what there is.".formatted(path));
		}
		return Optional.empty();
	}

	private static String methods(String[] taken) {
		return (taken != null) ? Arrays.stream(taken).sorted().collect(Collectors.joining(" and ")) : "another method";
	}

	private static String types(List<MediaType> taken) {
		return taken.stream()
			.filter((type) -> !type.isCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON))
			.map(MediaType::toString)
			.distinct()
			.collect(Collectors.joining(" or "));
	}

}
