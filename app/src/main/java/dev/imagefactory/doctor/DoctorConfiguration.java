package dev.imagefactory.doctor;

import dev.imagefactory.engine.Checkup;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the self-check together. */
@Configuration(proxyBeanMethods = false)
class DoctorConfiguration {

	@Bean
	Doctor doctor(ObjectProvider<Checkup> checkups) {
		return new Doctor(checkups.orderedStream().toList(), Doctor.Pace.standard(), System::nanoTime);
	}

	@Bean
	StartReport startReport(Doctor doctor) {
		return new StartReport(doctor);
	}

}
