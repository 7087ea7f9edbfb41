// Original file: millrace/v1/admin.proto


export interface UncleanElectResponse {
}

export interface UncleanElectResponse__Output {
}
