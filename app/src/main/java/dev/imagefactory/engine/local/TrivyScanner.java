package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

import dev.imagefactory.image.Digest;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;

/** Scans with Trivy when it is on the PATH; it is looked up at every scan. */
final class TrivyScanner implements Scanner {

	private static final Set<String> PROXIES = Set.of("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY");

	private final SearchPath path;

	private final Path cache;

	private final Map<String, String> proxies = new TreeMap<>();

	/**
	 * Makes the scanner; nothing is looked up yet.
	 * @param path where programs are looked up
	 * @param cache the folder of the vulnerability database, shared by all scans; made
	 * when needed
	 * @param environment the service's environment, of which only proxy settings are
	 * passed on
	 */
	TrivyScanner(SearchPath path, Path cache, Map<String, String> environment) {
		this.path = path;
		this.cache = cache.toAbsolutePath();
		environment.forEach((name, value) -> {
			if (PROXIES.contains(name.toUpperCase(Locale.ROOT))) {
				this.proxies.put(name, value);
			}
		});
	}

	@Override
	public ScanSummary scan(Path layout, Digest digest, GatePolicy gate, Path scratch, Commands commands,
			Consumer<String> log) throws InterruptedException {
		Optional<Path> trivy = this.path.find("trivy");
		if (trivy.isEmpty()) {
			log.accept("Trivy is not on the PATH of this service: the image is not scanned");
			return ScanSummary.unscanned();
		}
		Path folder = scratch.toAbsolutePath().resolve("scan");
		Map<String, String> environment = new TreeMap<>(this.proxies);
		environment.put("PATH", this.path.value());
		environment.put("LANG", "C.UTF-8");
		try {
			FileTrees.delete(folder);
			TrivyScan scan = new TrivyScan(trivy.get(), this.cache, folder, environment, commands, log);
			return scan.judge(layout.toAbsolutePath() + "@" + digest.value(), gate);
		}
		catch (IOException ex) {
			log.accept("Scanner error: " + ex.getMessage());
			return new ScanSummary(ScanVerdict.SCANNER_ERROR, Map.of(), List.of(), null);
		}
	}

}
