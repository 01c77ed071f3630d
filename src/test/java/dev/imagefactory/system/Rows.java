package dev.imagefactory.system;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Reads the database that a dead process left behind. */
final class Rows {

	private final String url;

	Rows(Path dataDirectory) {
		this.url = "jdbc:h2:async:" + dataDirectory.resolve("db").resolve("image-factory")
				+ ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;IFEXISTS=TRUE";
	}

	int count(String from) {
		return Integer.parseInt(texts("SELECT COUNT(*) FROM " + from).getFirst());
	}

	List<String> texts(String query) {
		try (Connection connection = DriverManager.getConnection(this.url, "sa", "");
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(query)) {
			List<String> texts = new ArrayList<>();
			while (rows.next()) {
				texts.add(rows.getString(1));
			}
			return texts;
		}
		catch (SQLException ex) {
			throw new AssertionError("Cannot read " + this.url, ex);
		}
	}

}
