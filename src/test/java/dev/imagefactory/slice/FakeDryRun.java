package dev.imagefactory.slice;

import java.util.ArrayList;
import java.util.List;

import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.planning.DryRun;
import org.jspecify.annotations.Nullable;

/** Answers as planning promises to, with what a test puts into it. */
public final class FakeDryRun implements DryRun {

	public final List<GitHubEvent> asked = new ArrayList<>();

	public volatile @Nullable Foreseen next;

	@Override
	public Foreseen of(GitHubEvent event) {
		this.asked.add(event);
		Foreseen answer = this.next;
		if (answer == null) {
			throw new GitUnavailable("The repository did not answer.");
		}
		return answer;
	}

	public void clear() {
		this.asked.clear();
		this.next = null;
	}

}
