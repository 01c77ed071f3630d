package dev.imagefactory.api;

import java.util.List;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;

/** Explains problem types to people, under the addresses that answers name. */
@Controller
class ProblemPages {

	@GetMapping("/problems")
	ModelAndView all() {
		return page(List.of(ProblemType.values()));
	}

	@GetMapping("/problems/{slug}")
	ModelAndView one(@PathVariable String slug) {
		ProblemType type = ProblemType.of(slug)
			.orElseThrow(() -> new ApiProblem(ProblemType.NOT_FOUND,
					"There is no such problem type. GET /problems lists them all."));
		return page(List.of(type));
	}

	private static ModelAndView page(List<ProblemType> types) {
		List<Row> rows = types.stream()
			.map((type) -> new Row(type.slug(), type.code(), type.title(), type.meaning(), type.advice()))
			.toList();
		ModelAndView page = new ModelAndView("problems", HttpStatus.OK);
		page.addObject("problems", rows);
		page.addObject("single", rows.size() == 1);
		return page;
	}

	/**
	 * A problem type as the page shows it.
	 *
	 * @param slug the last part of its address
	 * @param code the status code
	 * @param title its title
	 * @param meaning what it means
	 * @param advice what to do
	 */
	record Row(String slug, int code, String title, String meaning, String advice) {
	}

}
