package dev.imagefactory.git;

import org.eclipse.jgit.lib.EmptyProgressMonitor;

/** Ends JGit's long work when its thread is interrupted. */
final class InterruptMonitor extends EmptyProgressMonitor {

	@Override
	public boolean isCancelled() {
		return Thread.currentThread().isInterrupted();
	}

}
