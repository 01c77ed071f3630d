package dev.imagefactory.api;

import java.util.List;
import java.util.function.Function;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param items the items of this page
 * @param nextCursor give it as {@code cursor} to read the next page; null at the end
 */
record ItemList<T>(List<T> items, @JsonInclude(JsonInclude.Include.ALWAYS) @Schema(types = {
		"string", "null" },
		description = "Give it as cursor to read the next page; null at the end") @Nullable String nextCursor){

	/**
	 * Makes a page of what was read.
	 * @param read the items, one more than the limit when there is a next page
	 * @param limit the most items of a page
	 * @param id what the cursor is made of
	 * @param shown how an item is shown
	 */
	static <S, T> ItemList<T> of(List<S> read, int limit, Function<S, Object> id, Function<S, T> shown) {
		boolean more = read.size() > limit;
		List<S> page = more ? read.subList(0, limit) : read;
		String next = more ? Query.cursor(id.apply(page.getLast())) : null;
		return new ItemList<>(page.stream().map(shown).toList(), next);
	}

}
