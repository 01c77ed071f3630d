package dev.imagefactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What can only be seen in the source text: sizes, Javadoc, notes to self. The text is
 * read with the compiler's own parser.
 */
class SourceStyleTests {

	private static final Path SOURCES = Path.of("app/src/main/java");

	private static final Path TESTS = Path.of("src/test/java");

	private static final int MOST_CLASS_LINES = 300;

	private static final int MOST_METHOD_LINES = 30;

	/**
	 * Types and methods that may be longer, with the reason. Keys read {@code Type} or
	 * {@code Type.method}.
	 */
	private static final Map<String, String> LONGER = Map.of();

	private static final Pattern NOTE_TO_SELF = Pattern.compile("\\b(?:TODO|FIXME|XXX)\\b");

	private static final Scan SCAN = new Scan();

	@BeforeAll
	static void readSources() throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
			JavacTask task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null,
					files.getJavaFileObjectsFromPaths(sources()));
			Trees trees = Trees.instance(task);
			for (CompilationUnitTree unit : task.parse()) {
				SCAN.read(unit, trees);
			}
		}
	}

	@Test
	void sourcesWhenScannedAreThere() {
		assertThat(SCAN.names).contains("ImageFactoryApplication", "ImageFactoryApplication.main");
	}

	@Test
	void typesWhenTooLongAreFound() {
		assertThat(SCAN.longTypes).as("types of more than %d lines", MOST_CLASS_LINES).isEmpty();
	}

	@Test
	void methodsWhenTooLongAreFound() {
		assertThat(SCAN.longMethods).as("methods of more than %d lines", MOST_METHOD_LINES).isEmpty();
	}

	@Test
	void exceptionsWhenNoLongerNeededAreFound() {
		assertThat(LONGER.keySet()).as("exceptions that except nothing").isSubsetOf(SCAN.excepted);
	}

	@Test
	void publicTypesAndMethodsWithoutJavadocAreFound() {
		assertThat(SCAN.undocumented).as("public types and methods without Javadoc").isEmpty();
	}

	@Test
	void notesToSelfAreFound() {
		assertThat(sources()).allSatisfy((file) -> assertThat(file).content().doesNotContainPattern(NOTE_TO_SELF));
	}

	/**
	 * Three classes run at a time, and who takes the output away while another has it
	 * makes both lose it.
	 */
	@Test
	void testsThatReadTheOutputWithoutLockingItAreFound() {
		assertThat(sources(TESTS)).filteredOn((file) -> read(file).contains("@ExtendWith(OutputCapture" + "Extension"))
			.hasSizeGreaterThan(5)
			.allSatisfy((file) -> assertThat(read(file)).as("%s", file)
				.containsPattern("@ResourceLock\\(Resources\\.SYSTEM_OUT\\)|@Isolated"));
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<Path> sources() {
		return sources(SOURCES);
	}

	private static List<Path> sources(Path folder) {
		try (Stream<Path> files = Files.walk(folder)) {
			return files.filter((file) -> file.toString().endsWith(".java")).sorted().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Walks through the trees and notes what breaks a rule. */
	private static final class Scan extends TreePathScanner<Void, Trees> {

		private final Set<String> names = new HashSet<>();

		private final Set<String> excepted = new HashSet<>();

		private final List<String> longTypes = new ArrayList<>();

		private final List<String> longMethods = new ArrayList<>();

		private final List<String> undocumented = new ArrayList<>();

		void read(CompilationUnitTree unit, Trees trees) {
			scan(new TreePath(unit), trees);
		}

		@Override
		public Void visitClass(ClassTree type, Trees trees) {
			if (type.getSimpleName().isEmpty()) {
				return super.visitClass(type, trees);
			}
			String name = type.getSimpleName().toString();
			this.names.add(name);
			measure(name, lines(type, trees), MOST_CLASS_LINES, this.longTypes);
			if (isVisible(getCurrentPath()) && trees.getDocComment(getCurrentPath()) == null) {
				this.undocumented.add(name);
			}
			return super.visitClass(type, trees);
		}

		@Override
		public Void visitMethod(MethodTree method, Trees trees) {
			ClassTree owner = (ClassTree) getCurrentPath().getParentPath().getLeaf();
			String name = owner.getSimpleName() + "." + method.getName();
			this.names.add(name);
			if (method.getBody() != null) {
				measure(name, lines(method.getBody(), trees), MOST_METHOD_LINES, this.longMethods);
			}
			if (isVisible(getCurrentPath()) && !isExplainedElsewhere(method, owner)
					&& trees.getDocComment(getCurrentPath()) == null) {
				this.undocumented.add(name);
			}
			return super.visitMethod(method, trees);
		}

		private void measure(String name, long lines, int most, List<String> found) {
			if (lines <= most) {
				return;
			}
			if (LONGER.containsKey(name)) {
				this.excepted.add(name);
				return;
			}
			found.add("%s: %d lines".formatted(name, lines));
		}

		/** Whether other packages can see it: public, and everything around it too. */
		private boolean isVisible(TreePath path) {
			TreePath around = path.getParentPath();
			boolean inType = around.getLeaf() instanceof ClassTree;
			boolean inInterface = around.getLeaf().getKind() == Tree.Kind.INTERFACE;
			Set<Modifier> flags = flags(path.getLeaf());
			boolean visible = flags.contains(Modifier.PUBLIC) || (inInterface && !flags.contains(Modifier.PRIVATE));
			boolean known = inType || around.getLeaf() instanceof CompilationUnitTree;
			return visible && known && (!inType || isVisible(around));
		}

		/** Overriding methods, and constructors of records, whose parts are explained. */
		private boolean isExplainedElsewhere(MethodTree method, ClassTree owner) {
			boolean ofRecord = owner.getKind() == Tree.Kind.RECORD && method.getName().contentEquals("<init>");
			return ofRecord || method.getModifiers()
				.getAnnotations()
				.stream()
				.map(AnnotationTree::getAnnotationType)
				.anyMatch((annotation) -> annotation.toString().equals("Override"));
		}

		private static Set<Modifier> flags(Tree tree) {
			return (tree instanceof ClassTree type) ? type.getModifiers().getFlags()
					: ((MethodTree) tree).getModifiers().getFlags();
		}

		private long lines(Tree tree, Trees trees) {
			CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
			long start = trees.getSourcePositions().getStartPosition(unit, tree);
			long end = trees.getSourcePositions().getEndPosition(unit, tree);
			return unit.getLineMap().getLineNumber(end) - unit.getLineMap().getLineNumber(start) + 1;
		}

	}

}
