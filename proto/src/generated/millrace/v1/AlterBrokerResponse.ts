// Original file: millrace/v1/admin.proto


export interface AlterBrokerResponse {
}

export interface AlterBrokerResponse__Output {
}
