// What comes is sent back, one task a connection.
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const READ_SIZE: usize = 64 * 1024;

async fn echo(mut connection: TcpStream) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut buffer = vec![0; READ_SIZE];
    loop {
        let got = connection.read(&mut buffer).await?;
        if got == 0 {
            return Ok(());
        }
        connection.write_all(&buffer[..got]).await?;
    }
}

pub async fn serve(port: u16) -> ! {
    let listener = TcpListener::bind(("127.0.0.1", port))
        .await
        .expect("cannot listen");
    loop {
        let (connection, _) = listener.accept().await.expect("cannot accept");
        tokio::spawn(echo(connection));
    }
}
