package dev.imagefactory.git;

import java.io.IOException;
import java.io.InputStream;

import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryDescription;
import org.eclipse.jgit.internal.storage.dfs.InMemoryRepository;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.transport.PackParser;
import org.jspecify.annotations.Nullable;

/**
 * A repository that stores nothing: it looks at the first bytes of a pack, remembers
 * whether there is a commit in it and then ends the fetch.
 */
final class ProbeRepository extends InMemoryRepository {

	private @Nullable Boolean commit;

	/** Creates the repository. */
	ProbeRepository() {
		super(new DfsRepositoryDescription("probe"));
	}

	/**
	 * What was seen.
	 * @return null while no pack was received
	 */
	@Nullable Boolean commit() {
		return this.commit;
	}

	@Override
	public ObjectInserter newObjectInserter() {
		ObjectInserter inserter = super.newObjectInserter();
		return new ObjectInserter.Filter() {

			@Override
			protected ObjectInserter delegate() {
				return inserter;
			}

			@Override
			public PackParser newPackParser(InputStream in) throws IOException {
				ProbeRepository.this.commit = PackHead.leadsToCommit(in);
				throw new IOException("Enough of the pack was seen");
			}

		};
	}

}
