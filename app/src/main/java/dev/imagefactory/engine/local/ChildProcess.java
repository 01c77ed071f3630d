package dev.imagefactory.engine.local;

/**
 * A child process, told apart from a later one with the same number.
 *
 * @param pid its number
 * @param start when it began, in a form that only the same boot of the same host, or of
 * the same container, repeats
 */
public record ChildProcess(long pid, String start) {

}
