package dev.imagefactory.git;

import java.net.URI;
import java.nio.file.Path;

import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/**
 * A repository that can be fetched from.
 *
 * @param repository whose it is, for messages
 * @param url https, http on loopback, or file
 * @param credentialsFile the file with a token, when the clone is private
 */
public record GitRemote(RepositoryName repository, URI url, @Nullable Path credentialsFile) {

}
