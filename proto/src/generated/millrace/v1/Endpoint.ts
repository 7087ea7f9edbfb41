// Original file: millrace/v1/common.proto


/**
 * An address of a broker. Connect to `host`:`port` and speak what `listener` serves.
 */
export interface Endpoint {
  /**
   * "client" (all of millrace.v1), "data" (Producer.ProduceStream and Consumer.Fetch only).
   */
  'listener'?: (string);
  'protocol'?: (string);
  'host'?: (string);
  'port'?: (number);
  'tls'?: (boolean);
}

/**
 * An address of a broker. Connect to `host`:`port` and speak what `listener` serves.
 */
export interface Endpoint__Output {
  /**
   * "client" (all of millrace.v1), "data" (Producer.ProduceStream and Consumer.Fetch only).
   */
  'listener': (string);
  'protocol': (string);
  'host': (string);
  'port': (number);
  'tls': (boolean);
}
