package dev.imagefactory.api;

import dev.imagefactory.doctor.Doctor;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Is the installation as it should be, and if not, what mends it. */
@RestController
@RequestMapping("/api/v1/doctor")
@Tag(name = "doctor", description = "Is the installation as it should be")
class DoctorApi {

	private final Doctor doctor;

	DoctorApi(Doctor doctor) {
		this.doctor = doctor;
	}

	@GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	@Operation(summary = "Look whether the installation is as it should be",
			description = "Nothing is changed. What was seen is told again for ten seconds, however many ask. What is wrong or cannot be seen is no error of this call.")
	ItemList<CheckJson> doctor() {
		return new ItemList<>(this.doctor.checks().stream().map(CheckJson::of).toList(), null);
	}

}
