package dev.imagefactory.access;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/** Says at every start how to get in. */
class SignInLink implements ApplicationListener<ApplicationReadyEvent> {

	private static final Logger log = LoggerFactory.getLogger(SignInLink.class);

	private final BaseUrl address;

	private final SignInCode code;

	private final AdminTokenFile file;

	SignInLink(BaseUrl address, SignInCode code, AdminTokenFile file) {
		this.address = address;
		this.code = code;
		this.file = file;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		log.info("Sign in with this link, good once and for an hour: {}",
				this.address.link("/sign-in?code=" + this.code.issue()));
		log.info("Programs send the admin token from this file as 'Authorization: Bearer <token>': {}",
				this.file.path().toAbsolutePath());
	}

}
