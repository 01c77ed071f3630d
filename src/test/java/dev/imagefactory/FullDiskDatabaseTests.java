package dev.imagefactory;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The embedded database on a disk that fills while it is written. When free space was
 * used again at once, one time in seven nearly all committed rows were lost.
 */
class FullDiskDatabaseTests {

	private static final int WRITERS = 16;

	@TempDir
	private Path folder;

	private Path disk;

	private boolean mounted;

	private final Set<String> committed = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean failed = new AtomicBoolean();

	@BeforeEach
	void mount() throws Exception {
		assumeTrue("root".equals(System.getProperty("user.name")), "only root can mount a small disk");
		this.disk = Files.createDirectories(this.folder.resolve("disk"));
		this.mounted = run("mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", this.disk.toString()) == 0;
		assumeTrue(this.mounted, "no tmpfs can be mounted here: this needs the right CAP_SYS_ADMIN");
	}

	@AfterEach
	void unmount() throws Exception {
		if (this.mounted) {
			run("umount", "-l", this.disk.toString());
		}
	}

	@RepeatedTest(4)
	void commitWhenTheDiskFillsLaterIsKept() throws Exception {
		Path filler = this.disk.resolve("filler");
		try (ShieldedDataSource database = new ShieldedDataSource(EmbeddedDatabase.open(this.disk))) {
			JdbcClient.create(database)
				.sql("CREATE TABLE written (id VARCHAR(40) PRIMARY KEY, content VARCHAR(3000))")
				.update();
			List<Thread> writers = new ArrayList<>();
			for (int i = 0; i < WRITERS; i++) {
				String name = i + "-";
				writers.add(Thread.ofPlatform().start(() -> write(database, name)));
			}
			Awaitility.await().until(() -> this.committed.size() > 500);
			fill(filler);
			for (Thread writer : writers) {
				writer.join();
			}
		}
		Files.delete(filler);
		try (HikariDataSource reopened = EmbeddedDatabase.open(this.disk)) {
			assertThat(JdbcClient.create(reopened).sql("SELECT id FROM written").query(String.class).set())
				.containsAll(this.committed);
		}
	}

	private void write(DataSource database, String name) {
		for (int i = 0; !this.failed.get(); i++) {
			try (Connection connection = database.getConnection();
					var insert = connection.prepareStatement("INSERT INTO written VALUES (?, ?)")) {
				connection.setAutoCommit(false);
				insert.setString(1, name + i);
				insert.setString(2, UUID.randomUUID().toString().repeat(8));
				insert.executeUpdate();
				connection.commit();
				this.committed.add(name + i);
			}
			catch (SQLException ex) {
				// There is no room any more.
				this.failed.set(true);
			}
		}
	}

	private static void fill(Path file) {
		try (OutputStream out = Files.newOutputStream(file)) {
			byte[] block = new byte[4096];
			while (true) {
				out.write(block);
			}
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("No space left");
		}
	}

	private static int run(String... command) throws IOException, InterruptedException {
		return new ProcessBuilder(command).start().waitFor();
	}

}
