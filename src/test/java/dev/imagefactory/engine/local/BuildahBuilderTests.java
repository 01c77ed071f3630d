package dev.imagefactory.engine.local;

import java.time.InstantSource;

/** Real builds with the buildah of this host. */
class BuildahBuilderTests extends ProgramBuilderTests {

	private static final JailedBuilder BUILDER = new JailedBuilder(JailedProgram.BUILDAH, HostPrograms.PATH,
			InstantSource.system());

	@Override
	void needBuilder() {
		HostPrograms.needBuildah();
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
