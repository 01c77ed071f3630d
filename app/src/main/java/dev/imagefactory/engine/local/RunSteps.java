package dev.imagefactory.engine.local;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import dev.imagefactory.engine.StepLogs.StepLog;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.pipeline.BuildRecipe;
import dev.imagefactory.pipeline.ImageLabels;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.registry.TagRepair;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryUnavailable;

/** The work of the four steps of one run; it writes nothing down but the steps' logs. */
final class RunSteps {

	private static final String LAYOUT = "layout";

	private final Run run;

	private final Tools tools;

	private final WorkFolder folder;

	private final Commands commands;

	private final BooleanSupplier stopped;

	/**
	 * Creates the steps of one run.
	 * @param run the run
	 * @param tools what to work with
	 * @param commands how to run programs
	 * @param stopped whether the run shall end
	 */
	RunSteps(Run run, Tools tools, Commands commands, BooleanSupplier stopped) {
		this.run = run;
		this.tools = tools;
		this.commands = commands;
		this.stopped = stopped;
		this.folder = WorkFolder.of(tools.dataDirectory(), run.build(), tools.removal());
	}

	/**
	 * Checks out the pinned commit.
	 * @param log the step's log
	 * @return when the commit was made
	 * @throws InterruptedException when the run is stopped
	 */
	Instant fetch(StepLog log) throws InterruptedException {
		OrderKey key = this.run.order().key();
		log.line("Cloning " + this.run.order().repository() + " at " + key.commit());
		Instant commitTime = this.tools.backoff().carryOut(GitUnavailable.class, this.stopped, log::line, () -> {
			this.folder.makeEmpty();
			return this.tools.git()
				.checkOut(this.tools.remotes().apply(this.run), key.commit(), Optional.ofNullable(key.ref()),
						this.folder.source(), this.run.limits().maxSourceBytes());
		});
		log.line("Checked out " + key.commit() + " of " + commitTime);
		return commitTime;
	}

	/**
	 * Builds the image into the run's layout.
	 * @param commitTime the image's time
	 * @param log the step's log
	 * @return the image's digest
	 * @throws InterruptedException when the run is stopped
	 */
	Digest build(Instant commitTime, StepLog log) throws InterruptedException {
		BuildRecipe recipe = this.run.order().recipe();
		Map<String, String> labels = ImageLabels.of(this.run, commitTime);
		ImageBuilder.Request request = new ImageBuilder.Request(this.folder.source(), recipe.context(),
				recipe.dockerfile(), labels, commitTime, this.folder.layout(),
				this.folder.make(this.folder.scratch("build")));
		ImageBuilder builder = this.tools.builders().choose(request, this.commands);
		log.line("Building " + recipe.dockerfile() + " with " + builder.name());
		Digest digest = builder.build(request, this.commands, log::line);
		log.line("Built " + digest);
		return digest;
	}

	/**
	 * Scans the image and lets the gate judge it.
	 * @param digest the image
	 * @param log the step's log
	 * @return its scan, when the image may be pushed
	 * @throws StepFailure when it may not
	 * @throws InterruptedException when the run is stopped
	 */
	ScanSummary scan(Digest digest, StepLog log) throws InterruptedException {
		GatePolicy gate = this.run.order().recipe().gate();
		ScanSummary scan = RunDetails.bounded(this.tools.scanner()
			.scan(this.folder.layout(), digest, gate, this.folder.make(this.folder.scratch("scan")), this.commands,
					log::line));
		log.line("The scan says: " + scan.verdict().wireName());
		switch (scan.verdict()) {
			case PASSED -> {
			}
			case REJECTED, END_OF_LIFE -> throw StepFailure.ending(new RunResult.Rejected(scan), scan.rejection());
			case SCANNER_ERROR -> throw StepFailure.ofPlatform("scanner-error",
					"The scanner failed, so nothing is known of the image. The scan step's log says why");
			case UNSCANNED -> requireUnscannedAllowed(gate);
		}
		return scan;
	}

	private void requireUnscannedAllowed(GatePolicy gate) {
		String host = this.tools.registry().host();
		if (!host.equals(LAYOUT) && !gate.allowUnscanned()) {
			throw StepFailure.ofPlatform("unscanned-not-allowed",
					"No scanner looked at the image, so it must not leave this machine for " + host
							+ ". Install Trivy on this host, or set gate.allow-unscanned for the team");
		}
	}

	/**
	 * Uploads the image under the run's tags.
	 * @param digest the image
	 * @param log the step's log
	 * @param stillOurs checked right before every attempt and before every tag
	 * @return the same digest
	 * @throws InterruptedException when the run is stopped
	 */
	Digest push(Digest digest, StepLog log, Runnable stillOurs) throws InterruptedException {
		ImageName image = this.run.order().key().image();
		log.line("Pushing " + digest + " to " + this.tools.registry().host() + "/" + image + " as " + this.run.tags());
		return this.tools.backoff().patient().carryOut(RegistryUnavailable.class, this.stopped, log::line, () -> {
			stillOurs.run();
			this.tools.registry().push(this.folder.layout(), digest, image, this.run.tags(), stillOurs);
			log.line("Pushed");
			return digest;
		});
	}

	/**
	 * Points the run's tags at an image that is published.
	 * @param digest the image
	 * @param log the step's log
	 * @param stillOurs checked right before every attempt and before every tag
	 * @return the same digest
	 * @throws InterruptedException when the run is stopped
	 */
	Digest retag(Digest digest, StepLog log, Runnable stillOurs) throws InterruptedException {
		ImageName image = this.run.order().key().image();
		log.line("Tagging " + digest + " in " + this.tools.registry().host() + "/" + image + " as " + this.run.tags());
		return this.tools.backoff().patient().carryOut(RegistryUnavailable.class, this.stopped, log::line, () -> {
			stillOurs.run();
			this.tools.registry().tag(image, digest, this.run.tags(), stillOurs);
			log.line("Tagged");
			return digest;
		});
	}

	/**
	 * Puts back the floating tags that this process wrote after it had lost the run.
	 * @param digest what it wrote
	 */
	void putBack(Digest digest) {
		ImageName image = this.run.order().key().image();
		new TagRepair(this.tools.registry()).putBack(image, digest, this.run.tags(),
				(tag) -> this.tools.known().withoutHolder(this.run.build(), image, tag));
	}

	/**
	 * How much of an image an earlier start of this run brought into the registry.
	 * @param digest the image
	 * @param log the step's log
	 * @return what the registry has of it
	 * @throws InterruptedException when the run is stopped
	 */
	Arrival arrival(Digest digest, StepLog log) throws InterruptedException {
		Arrival arrival = this.tools.backoff()
			.patient()
			.carryOut(RegistryUnavailable.class, this.stopped, log::line, () -> arrival(digest));
		log.line("The service was interrupted during the push of " + digest + ": the registry " + arrival.words);
		return arrival;
	}

	private Arrival arrival(Digest digest) {
		ImageName image = this.run.order().key().image();
		Registry registry = this.tools.registry();
		if (!registry.holds(image, digest)) {
			return Arrival.ABSENT;
		}
		boolean tagged = this.run.tags()
			.stream()
			.allMatch((tag) -> registry.digest(image, tag.name()).filter(digest::equals).isPresent());
		return tagged ? Arrival.TAGGED : Arrival.UNTAGGED;
	}

	/**
	 * Whether an earlier start of this run left the image behind, whole.
	 * @param digest the image
	 * @return true when it can be pushed without building it again
	 */
	boolean isBuilt(Digest digest) {
		return this.tools.layouts().holds(this.folder.layout(), digest);
	}

	/** Removes the run's files. */
	void cleanUp() {
		this.folder.delete();
	}

	/** How much of an interrupted push arrived. */
	enum Arrival {

		/** The image, under all tags of the run. */
		TAGGED("holds it under all its tags"),

		/** The image, but not under every tag. */
		UNTAGGED("holds it, but not under all its tags"),

		/** No whole image. */
		ABSENT("does not hold it");

		private final String words;

		Arrival(String words) {
			this.words = words;
		}

	}

}
