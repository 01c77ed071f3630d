package dev.imagefactory.doctor;

import java.util.List;

import dev.imagefactory.engine.Checkup;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the self-check together. */
@Configuration(proxyBeanMethods = false)
class DoctorConfiguration {

	@Bean
	Doctor doctor(List<Checkup> checkups) {
		return new Doctor(checkups, Doctor.Pace.standard(), System::nanoTime);
	}

	@Bean
	StartReport startReport(Doctor doctor) {
		return new StartReport(doctor);
	}

}
