package dev.imagefactory.git;

import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * What JGit may learn from this host: the time and its name, but no git configuration of
 * the user or the system and no git environment variable. So no {@code url.insteadOf}, no
 * credential helper, no filter and no proxy setting changes what is fetched.
 */
final class IsolatedSystemReader extends SystemReader.Delegate {

	private static final String GIT_VARIABLES = "GIT_";

	private IsolatedSystemReader(SystemReader host) {
		super(host);
	}

	/** Makes JGit, which keeps its reader for the whole process, use this one. */
	static synchronized void install() {
		SystemReader present = SystemReader.getInstance();
		if (!(present instanceof IsolatedSystemReader)) {
			SystemReader.setInstance(new IsolatedSystemReader(present));
		}
	}

	@Override
	public @Nullable String getenv(String variable) {
		return variable.startsWith(GIT_VARIABLES) ? null : super.getenv(variable);
	}

	@Override
	public FileBasedConfig openUserConfig(@Nullable Config parent, FS fs) {
		return new NoConfig(parent, fs);
	}

	@Override
	public FileBasedConfig openSystemConfig(@Nullable Config parent, FS fs) {
		return new NoConfig(parent, fs);
	}

	@Override
	public FileBasedConfig openJGitConfig(@Nullable Config parent, FS fs) {
		return new NoConfig(parent, fs);
	}

	/** A configuration without a file; what JGit measures is kept in memory only. */
	private static final class NoConfig extends FileBasedConfig {

		NoConfig(@Nullable Config parent, FS fs) {
			super(parent, null, fs);
		}

		@Override
		public void load() {
			// There is nothing to load.
		}

		@Override
		public void save() {
			// There is nowhere to save to.
		}

		@Override
		public boolean isOutdated() {
			return false;
		}

	}

}
