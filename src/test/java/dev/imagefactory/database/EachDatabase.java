package dev.imagefactory.database;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs once on a fresh, migrated {@link TestDatabase} of each kind, which it
 * and the methods before and after it may take as a parameter. Where this machine cannot
 * run one, that part is skipped and says why.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(DatabaseKinds.class)
public @interface EachDatabase {

}
