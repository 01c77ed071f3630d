package dev.imagefactory.api;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses query parameters that the called method does not declare, or that come twice.
 */
class KnownParameters implements HandlerInterceptor {

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		if (handler instanceof HandlerMethod method) {
			refuseForm(request);
			check(request.getParameterMap(), declared(method));
		}
		return true;
	}

	/**
	 * A form's fields would count as query parameters, and puzzle whoever sent a body.
	 */
	private static void refuseForm(HttpServletRequest request) {
		if (request.getQueryString() == null && !request.getParameterMap().isEmpty()) {
			throw new ApiProblem(ProblemType.INVALID_BODY,
					"The body is a form, and this address takes none. Send it without a body.");
		}
	}

	private static Set<String> declared(HandlerMethod method) {
		Set<String> names = new TreeSet<>();
		Arrays.stream(method.getMethodParameters())
			.forEach((parameter) -> Optional.ofNullable(parameter.getParameterAnnotation(RequestParam.class))
				.ifPresent((annotation) -> names.add(annotation.name())));
		return names;
	}

	private static void check(Map<String, String[]> given, Set<String> declared) {
		given.forEach((name, values) -> {
			String shown = Words.printable(name);
			if (!declared.contains(name)) {
				throw Query.invalid(shown, declared.isEmpty() ? "this address takes none"
						: "it is unknown here; known are " + String.join(", ", declared));
			}
			if (values.length > 1) {
				throw Query.invalid(shown, "it is given %d times".formatted(values.length));
			}
		});
	}

}
