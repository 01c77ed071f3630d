package dev.imagefactory.access;

import java.nio.file.Path;
import java.time.Clock;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts access together from the settings. */
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

	private static final int FORGET_EVERY_HOURS = 12;

	@Bean
	BaseUrl baseUrl(AccessSettings settings) {
		return settings.address();
	}

	@Bean
	AdminTokenFile adminTokenFile(AccessSettings settings, @Qualifier("dataDirectory") Path dataDirectory) {
		return settings.access()
			.tokenFile()
			.map(AdminTokenFile::given)
			.orElseGet(() -> AdminTokenFile.in(dataDirectory));
	}

	@Bean
	AdminToken adminToken(AdminTokenFile file) {
		return file.readOrCreate();
	}

	@Bean
	Sessions sessions(AdminToken token, Clock clock) {
		return new Sessions(token, clock);
	}

	@Bean
	SignInCode signInCode(Clock clock) {
		return new SignInCode(clock);
	}

	@Bean
	WrongTries wrongTries(Clock clock) {
		return new WrongTries(clock);
	}

	@Bean
	SignInLink signInLink(BaseUrl address, SignInCode code, AdminTokenFile file) {
		return new SignInLink(address, code, file);
	}

	@Bean
	RecurringTask<Void> forgetKeys(IdempotencyKeys keys, Clock clock) {
		KeyRetention retention = new KeyRetention(keys, clock);
		return Tasks.recurring("forget-keys", FixedDelay.ofHours(FORGET_EVERY_HOURS))
			.execute((instance, context) -> retention.forget());
	}

}
