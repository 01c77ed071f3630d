package dev.imagefactory.build.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.imagefactory.build.Tags;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Tags in table {@code image_tag}. Rows are always locked in the order of their names, so
 * that two transactions never wait for each other. A row of version 0 is only there to be
 * locked: no build ever took that tag.
 */
class JdbcTags implements Tags {

	private static final String KNOWN = "SELECT tag, tag_class, open_build, commit_sha, ref, digest, version "
			+ "FROM image_tag ";

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	JdbcTags(JdbcClient jdbc, PlatformTransactionManager transactions) {
		this.jdbc = jdbc;
		this.transaction = new TransactionTemplate(transactions);
	}

	@Override
	public boolean take(ImageName image, Collection<ImageTag> tags, BuildId build) {
		return takeUnchanged(image, tags, build, Map.of());
	}

	@Override
	public boolean takeUnchanged(ImageName image, Collection<ImageTag> tags, BuildId build,
			Map<ImageTag, Integer> versions) {
		List<ImageTag> sorted = tags.stream().distinct().sorted(Comparator.comparing(ImageTag::name)).toList();
		return this.transaction.execute((status) -> {
			sorted.forEach((tag) -> addRowIfAbsent(image, tag));
			for (ImageTag tag : sorted) {
				Locked row = lock(image, tag.name());
				boolean anothers = row.holder() != null && !row.holder().equals(build);
				if (anothers || versions.getOrDefault(tag, row.version()) != row.version()) {
					return false;
				}
			}
			sorted.forEach((tag) -> hold(image, tag, build));
			return true;
		});
	}

	@Override
	public void giveBack(BuildId build) {
		this.transaction.executeWithoutResult((status) -> {
			lockHeld(build);
			this.jdbc.sql("UPDATE image_tag SET open_build = NULL WHERE open_build = :build")
				.param("build", build.value())
				.update();
		});
	}

	@Override
	public void published(BuildId build, Collection<ImageTag> tags, CommitSha commit, Digest digest) {
		if (tags.isEmpty()) {
			return;
		}
		this.transaction.executeWithoutResult((status) -> {
			lockHeld(build);
			this.jdbc
				.sql("""
						UPDATE image_tag SET commit_sha = :commit, digest = :digest, version = version + 1, ref = (
						    SELECT NULLIF(o.ref, '') FROM build b JOIN build_order o ON o.id = b.order_id WHERE b.id = :build)
						WHERE open_build = :build AND tag IN (:tags)
						""")
				.param("tags", tags.stream().map(ImageTag::name).toList())
				.param("commit", commit.value())
				.param("digest", digest.value())
				.param("build", build.value())
				.update();
		});
	}

	@Override
	public void outdate(ImageName image, ImageTag tag) {
		this.jdbc.sql("UPDATE image_tag SET version = version + 1 WHERE image = :image AND tag = :tag AND version > 0")
			.param("image", image.value())
			.param("tag", tag.name())
			.update();
	}

	@Override
	public Optional<Known> find(ImageName image, String tag) {
		return this.jdbc.sql(KNOWN + "WHERE image = :image AND tag = :tag AND version > 0")
			.param("image", image.value())
			.param("tag", tag)
			.query((row, number) -> known(row))
			.optional();
	}

	@Override
	public Map<ImageTag, Known> find(ImageName image, Collection<ImageTag> tags) {
		if (tags.isEmpty()) {
			return Map.of();
		}
		Map<String, Known> byName = new HashMap<>();
		this.jdbc.sql(KNOWN + "WHERE image = :image AND tag IN (:tags) AND version > 0")
			.param("image", image.value())
			.param("tags", tags.stream().map(ImageTag::name).toList())
			.query((row, number) -> known(row))
			.list()
			.forEach((known) -> byName.put(known.tag().name(), known));
		return tags.stream()
			.distinct()
			.filter((tag) -> byName.containsKey(tag.name()))
			.collect(Collectors.toMap(Function.identity(), (tag) -> byName.get(tag.name())));
	}

	@Override
	public int nextRebuild(ImageName image, ImageTag release) {
		return this.transaction.execute((status) -> {
			addRowIfAbsent(image, release);
			lock(image, release.name());
			this.jdbc.sql("UPDATE image_tag SET rebuilds = rebuilds + 1 WHERE image = :image AND tag = :tag")
				.param("image", image.value())
				.param("tag", release.name())
				.update();
			return this.jdbc.sql("SELECT rebuilds FROM image_tag WHERE image = :image AND tag = :tag")
				.param("image", image.value())
				.param("tag", release.name())
				.query(Integer.class)
				.single();
		});
	}

	@Override
	public List<Known> list(ImageName image) {
		return this.jdbc.sql(KNOWN + "WHERE image = :image AND version > 0 ORDER BY tag")
			.param("image", image.value())
			.query((row, number) -> known(row))
			.list();
	}

	private void addRowIfAbsent(ImageName image, ImageTag tag) {
		this.jdbc.sql("""
				INSERT INTO image_tag (image, tag, tag_class, rebuilds, version) VALUES (:image, :tag, :class, 0, 0)
				ON CONFLICT DO NOTHING
				""")
			.param("image", image.value())
			.param("tag", tag.name())
			.param("class", tag.tagClass().wireName())
			.update();
	}

	private Locked lock(ImageName image, String tag) {
		return this.jdbc.sql("SELECT open_build, version FROM image_tag WHERE image = :image AND tag = :tag FOR UPDATE")
			.param("image", image.value())
			.param("tag", tag)
			.query((row, number) -> new Locked(Columns.orNull(row, "open_build", BuildId::of), row.getInt("version")))
			.single();
	}

	/** Sorted here and not by the database, whose collation may order names otherwise. */
	private void lockHeld(BuildId build) {
		this.jdbc.sql("SELECT image, tag FROM image_tag WHERE open_build = :build")
			.param("build", build.value())
			.query((row, number) -> new Held(ImageName.of(row.getString("image")), row.getString("tag")))
			.list()
			.stream()
			.sorted(Comparator.comparing(Held::image).thenComparing(Held::tag))
			.forEach((held) -> lock(held.image(), held.tag()));
	}

	private void hold(ImageName image, ImageTag tag, BuildId build) {
		this.jdbc.sql("""
				UPDATE image_tag SET open_build = :build, tag_class = :class, version = version + 1
				WHERE image = :image AND tag = :tag
				""")
			.param("build", build.value())
			.param("class", tag.tagClass().wireName())
			.param("image", image.value())
			.param("tag", tag.name())
			.update();
	}

	private static Known known(ResultSet row) throws SQLException {
		TagClass tagClass = TagClass.valueOf(row.getString("tag_class").toUpperCase(Locale.ROOT));
		return new Known(new ImageTag(row.getString("tag"), tagClass), Columns.orNull(row, "open_build", BuildId::of),
				Columns.orNull(row, "commit_sha", CommitSha::of), Columns.orNull(row, "ref", GitRef::of),
				Columns.orNull(row, "digest", Digest::of), row.getInt("version"));
	}

	private record Locked(@Nullable BuildId holder, int version) {
	}

	private record Held(ImageName image, String tag) {
	}

}
