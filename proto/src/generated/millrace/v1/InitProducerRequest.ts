// Original file: millrace/v1/producer.proto


export interface InitProducerRequest {
}

export interface InitProducerRequest__Output {
}
