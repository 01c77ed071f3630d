package dev.imagefactory;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.docs.Documenter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Our packages as modules: what lies in a subpackage is private to its module, and no two
 * modules need each other. Who may import whom is in {@link ArchitectureTests}.
 */
class ModularityTests {

	private static final ApplicationModules MODULES = ApplicationModules.of(ImageFactoryApplication.class);

	@Test
	void verifyWhenModulesKeepToTheirFacesFindsNothing() {
		MODULES.verify();
	}

	@Test
	void modulesWhenReadAreThoseOfTheMap() {
		assertThat(MODULES.stream().map((module) -> module.getIdentifier().toString())).contains("source", "build")
			.allMatch(PackageMap::knows);
	}

	@Test
	void diagramWhenWrittenLiesUnderTarget() {
		new Documenter(MODULES).writeModulesAsPlantUml().writeIndividualModulesAsPlantUml();
	}

}
