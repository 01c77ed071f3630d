package dev.imagefactory.engine.local;

import java.time.InstantSource;

/** Real builds with the podman of this host. */
class PodmanBuilderTests extends ProgramBuilderTests {

	private static final JailedBuilder BUILDER = new JailedBuilder(JailedProgram.PODMAN, HostPrograms.PATH,
			InstantSource.system());

	@Override
	void needBuilder() {
		HostPrograms.needPodman();
	}

	@Override
	ImageBuilder builder() {
		return BUILDER;
	}

	@Override
	String step(String instruction) {
		return "STEP \\d+/\\d+: " + instruction;
	}

}
