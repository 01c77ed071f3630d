package dev.imagefactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

import static org.assertj.core.api.Assertions.assertThat;

/** The table of dependencies names exactly what {@code pom.xml} names. */
class DependencyTableTests {

	private static final Path TABLE = Path.of("docs/reference/dependencies.md");

	private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`:]+:[^`:]+)` \\|(.*)\\|$");

	@Test
	void tableWhenComparedWithThePomNamesTheSame() throws Exception {
		assertThat(rows().stream().map((row) -> row.group(1))).containsExactlyInAnyOrderElementsOf(inPom());
	}

	@Test
	void rowsWhenReadGiveReasons() throws IOException {
		assertThat(rows())
			.allSatisfy((row) -> assertThat(row.group(2).strip()).as(row.group(1)).hasSizeGreaterThan("why".length()));
	}

	private static List<MatchResult> rows() throws IOException {
		return ROW.matcher(Files.readString(TABLE)).results().toList();
	}

	private static List<String> inPom() throws Exception {
		Document pom = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(Path.of("pom.xml").toFile());
		XPath path = XPathFactory.newInstance().newXPath();
		NodeList named = (NodeList) path.evaluate("//parent | //dependency | //plugin", pom, XPathConstants.NODESET);
		List<String> artifacts = new ArrayList<>();
		for (int i = 0; i < named.getLength(); i++) {
			String group = path.evaluate("groupId", named.item(i));
			String name = path.evaluate("artifactId", named.item(i));
			artifacts.add((group.isEmpty() ? "org.apache.maven.plugins" : group) + ":" + name);
		}
		return artifacts.stream().distinct().toList();
	}

}
