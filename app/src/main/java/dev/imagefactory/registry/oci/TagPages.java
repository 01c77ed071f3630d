package dev.imagefactory.registry.oci;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.content.Json;
import dev.imagefactory.registry.content.WrongContent;
import org.jspecify.annotations.Nullable;

/**
 * Lists the names of tags, page by page; all of them or none, because a part would look
 * like the whole.
 */
final class TagPages {

	/** RFC 8288, as the distribution-spec uses it for pages. */
	private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;[^,]*rel=\"?next\"?");

	private static final int PAGE = 1000;

	/** Some registries give no more than a hundred names at a time. */
	private static final int MOST_PAGES = 1000;

	private final Endpoint endpoint;

	private final RegistryCalls calls;

	TagPages(Endpoint endpoint, RegistryCalls calls) {
		this.endpoint = endpoint;
		this.calls = calls;
	}

	/**
	 * The names of all tags.
	 * @param image the image
	 * @return the names, each once
	 * @throws RegistryUnavailable when the registry did not tell them all
	 */
	Set<String> names(ImageName image) {
		Set<String> names = new LinkedHashSet<>();
		Optional<URI> page = Optional.of(this.endpoint.of(image, "tags/list?n=" + PAGE));
		for (int pages = 0; page.isPresent(); pages++) {
			if (pages == MOST_PAGES) {
				throw new RegistryUnavailable(
						"Cannot list the tags of %s: they do not end within %d pages; see the registry's log"
							.formatted(image, MOST_PAGES));
			}
			Call call = Call.get("list the tags of " + image, page.get(), image);
			Wire.Answer answer = this.calls.make(call);
			if (this.calls.isAbsence(answer)) {
				return names;
			}
			names.addAll(names(call, answer));
			page = next(call, answer);
		}
		return names;
	}

	private List<String> names(Call call, Wire.Answer answer) {
		if (answer.status() != 200) {
			throw this.calls.unexpected(call, answer);
		}
		try {
			List<@Nullable String> tags = Json.read(answer.body(), TagList.class).tags();
			return (tags != null) ? tags.stream().filter((tag) -> tag != null && ImageTag.isTag(tag)).toList()
					: List.of();
		}
		catch (WrongContent ex) {
			throw this.calls.unexpected(call, answer);
		}
	}

	private Optional<URI> next(Call call, Wire.Answer answer) {
		Optional<URI> next = answer.header("Link")
			.map(NEXT::matcher)
			.filter(Matcher::find)
			.map((link) -> this.calls.resolve(call, link.group(1)));
		next.filter((page) -> !this.endpoint.isOwn(page)).ifPresent((page) -> {
			throw new RegistryUnavailable("Cannot %s: the registry says that the next page is at %s, %s"
				.formatted(call.attempt(), page.getAuthority(), RegistryCalls.FOREIGN));
		});
		return next;
	}

	/**
	 * One page of tags.
	 *
	 * @param tags their names; null when there are none
	 */
	@JsonIgnoreProperties(ignoreUnknown = true)
	private record TagList(@Nullable List<@Nullable String> tags) {
	}

}
