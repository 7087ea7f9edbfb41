// Original file: millrace/peer/v1/controller.proto


/**
 * Clean shutdown: take the broker's leaderships, and take it out of the ISRs but where it is the last member.
 */
export interface Stopping {
}

/**
 * Clean shutdown: take the broker's leaderships, and take it out of the ISRs but where it is the last member.
 */
export interface Stopping__Output {
}
