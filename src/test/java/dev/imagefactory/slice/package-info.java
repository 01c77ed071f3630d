/** The web side of the service with everything behind it in memory, for tests. */
package dev.imagefactory.slice;
