package dev.imagefactory.onboarding;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.source.InvalidValue;
import org.jspecify.annotations.Nullable;

/** Compares teams and repositories with each other. */
final class TeamConflicts {

	/** GitHub's names have up to 100 characters, an image's name up to 200. */
	private static final int LONGEST_PREFIX = 98;

	/** The current secret and the one that is being rotated out. */
	private static final int MOST_SECRETS = 2;

	private final List<TeamSettings> teams;

	private final boolean onKubernetes;

	private final List<SettingConflict> found = new ArrayList<>();

	private final Map<String, String> keyByRepository = new HashMap<>();

	private final Map<ImageName, String> keyByImage = new HashMap<>();

	TeamConflicts(List<TeamSettings> teams, boolean onKubernetes) {
		this.teams = teams;
		this.onKubernetes = onKubernetes;
	}

	List<SettingConflict> find() {
		Map<TeamName, String> keyByName = new HashMap<>();
		for (int i = 0; i < this.teams.size(); i++) {
			String key = "teams[" + i + "]";
			TeamSettings team = this.teams.get(i);
			String other = keyByName.putIfAbsent(team.name(), key);
			if (other != null) {
				conflict(key + ".name", "%s already has the name '%s'; two teams need two names", other, team.name());
			}
			if (team.imagePrefix().value().length() > LONGEST_PREFIX) {
				conflict(key + ".image-prefix", "longer than %d characters, no room for the repository's name",
						LONGEST_PREFIX);
			}
			checkNamespace(i);
			for (int j = 0; j < team.repositories().size(); j++) {
				check(key + ".repositories[" + j + "]", team, team.repositories().get(j));
			}
		}
		return List.copyOf(this.found);
	}

	/**
	 * Elsewhere only teams that say where they run: the others have nothing on Kubernetes
	 * yet.
	 */
	private void checkNamespace(int index) {
		ArgoIdentity mine = identity(index);
		for (int i = 0; i < index && mine != null; i++) {
			ArgoIdentity other = identity(i);
			if (other == null || !other.namespace().equals(mine.namespace())) {
				continue;
			}
			String key = "teams[" + index + "].argo";
			if (!mine.shared() || !other.shared()) {
				conflict(key + ".namespace",
						"teams[%d] uses the namespace '%s' and its accounts too; give the team its own, or mark both with argo.shared: true",
						i, mine.namespace());
			}
			else if (mine.template().equals(other.template()) && !sameAccounts(mine, other)) {
				conflict(key + ".template",
						"teams[%d] submits the template '%s' in the same namespace for other accounts; accounts are written in the template, so each team needs its own",
						i, mine.template());
			}
		}
	}

	private @Nullable ArgoIdentity identity(int index) {
		TeamSettings.Argo argo = this.teams.get(index).argo();
		if (argo != null) {
			return argo.toIdentity();
		}
		return this.onKubernetes ? ArgoIdentity.standard() : null;
	}

	private static boolean sameAccounts(ArgoIdentity one, ArgoIdentity other) {
		return one.serviceAccount().equals(other.serviceAccount()) && one.buildAccount().equals(other.buildAccount());
	}

	private void check(String key, TeamSettings team, TeamSettings.Repository repository) {
		String other = this.keyByRepository.putIfAbsent(repository.name().toString().toLowerCase(Locale.ROOT), key);
		if (other != null) {
			conflict(key + ".name", "%s is for '%s' too; only one rule can apply", other, repository.name());
		}
		if (repository.webhook().secretFiles().size() > MOST_SECRETS) {
			conflict(key + ".webhook.secret-files", "more than %d files; a repository has the current secret and "
					+ "at most one that is being rotated out", MOST_SECRETS);
		}
		switch (repository.name()) {
			case RepositoryPattern.Exactly exactly -> {
				checkId(key, repository);
				if (other == null) {
					checkImage(key, team, exactly, repository.toRule());
				}
			}
			case RepositoryPattern.AllOf owner -> checkOwner(key, owner, repository.toRule());
		}
	}

	private void checkId(String key, TeamSettings.Repository repository) {
		RepositoryRule rule = repository.toRule();
		if (rule.hasOwnSecrets() && rule.id() == null) {
			conflict(key + ".id", "missing; a repository with its own webhook secret needs the provider's id, "
					+ "so that the secret can speak for this repository only");
		}
	}

	private void checkImage(String key, TeamSettings team, RepositoryPattern.Exactly exactly, RepositoryRule rule) {
		try {
			ImageName image = (rule.image() != null) ? rule.image() : ImageNames.of(team.imagePrefix(), exactly.name());
			String other = this.keyByImage.putIfAbsent(image, key);
			if (other != null) {
				conflict(key + ".image", "%s builds the image '%s' too; give one of them another name", other, image);
			}
		}
		catch (InvalidValue ex) {
			conflict(key + ".image", "missing, and the default name cannot be used: %s", ex.getMessage());
		}
	}

	/** What is true of one repository cannot be true of all of an owner. */
	private void checkOwner(String key, RepositoryPattern.AllOf owner, RepositoryRule rule) {
		String problem = "'%s' is for many repositories, this is for one; give that repository a rule of its own";
		if (rule.id() != null) {
			conflict(key + ".id", problem, owner);
		}
		if (rule.image() != null) {
			conflict(key + ".image", problem, owner);
		}
		if (rule.cloneUrl() != null) {
			conflict(key + ".clone-url", problem, owner);
		}
		if (rule.hasOwnSecrets()) {
			conflict(key + ".webhook.secret-files", problem, owner);
		}
	}

	private void conflict(String key, String problem, Object... arguments) {
		this.found.add(new SettingConflict(key, problem.formatted(arguments)));
	}

}
