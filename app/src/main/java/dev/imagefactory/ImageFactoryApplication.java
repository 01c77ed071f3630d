package dev.imagefactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * Starts Image Factory: one process that receives webhooks, builds images and tells what
 * happened.
 */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public class ImageFactoryApplication {

	/**
	 * Starts the service and ends the process with a code other than 0 when the settings
	 * are wrong.
	 * @param arguments Spring Boot's command line arguments
	 */
	public static void main(String[] arguments) {
		SpringApplication.run(ImageFactoryApplication.class, arguments);
	}

}
